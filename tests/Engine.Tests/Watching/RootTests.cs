using ChangedFiles.Engine.Watching;
using ChangedFiles.TestKit;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>The root of the tree, and file systems mounted in it.</summary>
public sealed class RootTests
{
    public static TheoryData<EventSourceKind> Kinds => WatchedTree.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public void A_removed_root_is_the_last_event(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => File.WriteAllText(Path.Combine(root, "f"), ""));
        Directory.Delete(tree.Root, recursive: true);
        tree.Expect(".", RootGone);
        Assert.True(tree.Sink.Seen[^1].Has(RootGone));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_root_moved_away_has_gone(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        Directory.Move(tree.Root, Path.Combine(tree.Outside, "moved"));
        tree.Expect(".", RootGone);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void An_unmounted_root_has_gone(EventSourceKind kind)
    {
        Privileges.NeedsMount();
        using var temp = new TempDirectory();
        using var mount = new MountedTmpfs(temp.Mkdir("m"));
        using var tree = new WatchedTree(kind, root: mount.Point);
        File.WriteAllText(tree["f"], "");
        tree.Expect("f", CloseWrite);
        Command.Check("umount", "--lazy", mount.Point);
        tree.Expect(".", RootGone);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_root_that_is_mounted_over_has_gone(EventSourceKind kind)
    {
        Privileges.NeedsMount();
        using var tree = new WatchedTree(kind);
        using var mount = new MountedTmpfs(tree.Root);
        tree.Expect(".", RootGone);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_mount_inside_the_tree_is_told_when_it_comes_and_when_it_goes(EventSourceKind kind)
    {
        Privileges.NeedsMount();
        using var tree = new WatchedTree(kind, prepare: root => Directory.CreateDirectory(Path.Combine(root, "a/point")));
        using (new MountedTmpfs(tree["a/point"]))
        {
            tree.Expect("a/point", Mount | Subtree);
            tree.Sink.Forget();
            File.WriteAllText(tree["a/point/inside"], "");
            Assert.DoesNotContain(tree.Settle(), seen => seen.Path.ToString() == "a/point/inside");
        }
        tree.Expect("a/point", Mount | Subtree);
        File.WriteAllText(tree["a/point/below"], "");
        tree.Expect("a/point/below", CloseWrite);
    }

    [Fact]
    public void Mounts_inside_are_watched_when_asked()
    {
        Privileges.NeedsMount();
        using var temp = new TempDirectory();
        using var before = new MountedTmpfs(temp.Mkdir("root/before"));
        using var tree = new WatchedTree(EventSourceKind.Inotify, new() { CrossMounts = true }, root: temp["root"]);
        File.WriteAllText(tree["before/f"], "");
        tree.Expect("before/f", CloseWrite);
        using var after = new MountedTmpfs(temp.Mkdir("root/after"));
        tree.Expect("after", Mount | Subtree);
        File.WriteAllText(tree["after/f"], "");
        tree.Expect("after/f", CloseWrite);
    }

    [Fact]
    public void Automatic_choice_takes_inotify_when_mounts_inside_are_to_be_watched()
    {
        Privileges.NeedsMount();
        using var temp = new TempDirectory();
        using var inside = new MountedTmpfs(temp.Mkdir("inside"));
        using var source = EventSources.Open(System.Text.Encoding.UTF8.GetBytes(temp.Path), new() { CrossMounts = true });
        Assert.Equal("inotify", source.Name);
        Assert.Contains("others are mounted inside", source.Description);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_bind_mount_of_a_part_of_a_file_system_is_a_root_like_any_other(EventSourceKind kind)
    {
        Privileges.NeedsMount();
        using var temp = new TempDirectory();
        temp.Mkdir("real/d");
        Command.Check("mount", "--bind", temp["real"], temp.Mkdir("bound"));
        using var mount = new Mounted(temp["bound"]);
        using var tree = new WatchedTree(kind, root: mount.Point);
        File.WriteAllText(temp["beside"], "outside of the bind mount");
        File.WriteAllText(temp["real/d/by-the-other-path"], "");
        tree.Expect("d/by-the-other-path", CloseWrite);
        Assert.DoesNotContain(tree.Settle(), seen => seen.Path.ToString().Contains("beside"));
    }
}
