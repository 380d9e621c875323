using System.Text;
using ChangedFiles.Engine.Watching;
using ChangedFiles.TestKit;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>fanotify on each file system: right, or refused with the reason and replaced.</summary>
public sealed class FileSystemTests
{
    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    [InlineData("btrfs")]
    public void A_whole_file_system_is_watched(string type)
    {
        Privileges.NeedsMount();
        Privileges.NeedsProgram($"mkfs.{type}");
        using var temp = new TempDirectory();
        using var image = new MountedImage(type, temp);
        using var tree = new WatchedTree(EventSourceKind.Auto, root: Path.Combine(image.Point, "tree"));
        Assert.Equal("fanotify", tree.SourceName);
        Directory.CreateDirectory(tree["a/b"]);
        File.WriteAllText(tree["a/b/f"], "");
        tree.Expect("a/b/f", Create | CloseWrite);
        Directory.Move(tree["a"], tree["z"]);
        tree.Expect("z", Rename | Subtree);
        File.WriteAllText(tree["z/b/f"], "");
        tree.Expect("z/b/f", CloseWrite);
        Directory.CreateDirectory(Path.Combine(image.Point, "beside/d"));
        Directory.Move(Path.Combine(image.Point, "beside"), tree["in"]);
        tree.Expect("in", MovedIn | Subtree);
        File.WriteAllText(tree["in/d/f"], "");
        tree.Expect("in/d/f", CloseWrite);
    }

    [Fact]
    public void Damage_that_the_file_system_finds_is_told()
    {
        Privileges.NeedsMount();
        using var temp = new TempDirectory();
        using var image = new MountedImage("ext4", temp);
        using var tree = new WatchedTree(EventSourceKind.Fanotify, root: image.Point);
        var device = Path.GetFileName(Command.Check("findmnt", "-n", "-o", "SOURCE", image.Point).Output.Trim());
        var trigger = $"/sys/fs/ext4/{device}/trigger_fs_error";
        Assert.SkipUnless(File.Exists(trigger), "needs ext4 that can report a made-up error");
        File.WriteAllText(trigger, "test");
        tree.Expect(".", FileSystemError);
    }

    [Fact]
    public void A_btrfs_subvolume_is_left_to_inotify()
    {
        Privileges.NeedsMount();
        Privileges.NeedsProgram("mkfs.btrfs");
        using var temp = new TempDirectory();
        using var image = new MountedImage("btrfs", temp);
        var subvolume = Path.Combine(image.Point, "subvolume");
        Command.Check("btrfs", "subvolume", "create", subvolume);
        AssertLeftToInotify(subvolume, "btrfs subvolume");
    }

    [Fact]
    public void An_overlay_is_left_to_inotify()
    {
        Privileges.NeedsMount();
        using var temp = new TempDirectory();
        using var layers = new MountedTmpfs(temp.Mkdir("layers"));
        foreach (var layer in (string[])["lower", "upper", "work"])
            temp.Mkdir($"layers/{layer}");
        var options = $"lowerdir={temp["layers/lower"]},upperdir={temp["layers/upper"]},workdir={temp["layers/work"]}";
        Assert.SkipUnless(Command.Run("mount", "-t", "overlay", "-o", options, "none", temp.Mkdir("overlay")).ExitCode == 0, "needs overlayfs");
        using var overlay = new Mounted(temp["overlay"]);
        AssertLeftToInotify(overlay.Point, "overlayfs");
    }

    private static void AssertLeftToInotify(string root, string reason)
    {
        var refusal = Assert.Throws<WatchException>(() => Open(root, EventSourceKind.Fanotify));
        Assert.Contains(reason, refusal.Message);
        using var source = Open(root, EventSourceKind.Auto);
        Assert.Equal("inotify", source.Name);
        Assert.Contains(reason, source.Description);
        using var tree = new WatchedTree(EventSourceKind.Auto, root: root);
        File.WriteAllText(tree["f"], "");
        tree.Expect("f", CloseWrite);
    }

    private static IEventSource Open(string root, EventSourceKind kind) => EventSources.Open(Encoding.UTF8.GetBytes(root), new() { Kind = kind });
}
