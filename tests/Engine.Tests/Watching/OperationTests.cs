using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>
/// What is reported for each operation on a real file system, for each source. Where a test counts on the very events, another program
/// writes: a file that this one closes stays open in the children that other tests are just forking, and its CLOSE_WRITE comes late.
/// </summary>
public sealed class OperationTests
{
    public static TheoryData<EventSourceKind> Kinds => WatchedTree.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public void A_new_file_is_created_written_and_closed(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        File.WriteAllText(tree["new"], "content");
        tree.Expect("new", Create | Modify | CloseWrite);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Overwriting_and_appending_are_modifications(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => File.WriteAllText(Path.Combine(root, "f"), "old"));
        Assert.True(Of(tree.During(() => Do($"echo new > '{tree["f"]}'")), "f").HasFlag(Modify | CloseWrite));
        Assert.True(Of(tree.During(() => Do($"echo more >> '{tree["f"]}'")), "f").HasFlag(Modify | CloseWrite));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Truncating_by_name_is_a_modification(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => File.WriteAllText(Path.Combine(root, "f"), "old"));
        Assert.True(Of(tree.During(() => Do($"truncate --size=1 '{tree["f"]}'")), "f").HasFlag(Modify));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_renamed_file_has_both_paths(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => File.WriteAllText(Path.Combine(root, "old"), ""));
        Directory.CreateDirectory(tree["d"]);
        var seen = tree.During(() => File.Move(tree["old"], tree["d/new"]));
        var rename = Assert.Single(seen, one => one.Has(Rename));
        Assert.Equal((TreePath.Parse("old"), TreePath.Parse("d/new"), false), (rename.OldPath, rename.Path, rename.IsDirectory));
        Assert.False(rename.Has(Subtree));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_file_renamed_over_another_is_one_rename(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => Do($"cd '{root}'; touch a b"));
        var seen = tree.During(() => File.Move(tree["a"], tree["b"], overwrite: true));
        Assert.Equal(Rename, Of(seen, "b") & (Rename | Delete));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_renamed_directory_is_followed(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => Do($"cd '{root}'; mkdir -p a/b/c; touch a/b/c/f"));
        var seen = tree.During(() => Directory.Move(tree["a/b"], tree["z"]));
        var rename = Assert.Single(seen, one => one.Has(Rename));
        Assert.Equal((TreePath.Parse("a/b"), TreePath.Parse("z"), true), (rename.OldPath, rename.Path, rename.IsDirectory));
        Assert.True(rename.Has(Subtree));
        File.WriteAllText(tree["z/c/f"], "written after the move");
        tree.Expect("z/c/f", CloseWrite);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void An_exchange_is_told_of_both_names(EventSourceKind kind)
    {
        Privileges.NeedsProgram("python3");
        using var tree = new WatchedTree(kind, prepare: root => Do($"cd '{root}'; mkdir a b; touch a/in-a b/in-b"));
        var seen = tree.During(() => Python("import ctypes,sys; sys.exit(ctypes.CDLL(None, use_errno=True)"
            + ".renameat2(-100, sys.argv[1].encode(), -100, sys.argv[2].encode(), 2))", tree["a"], tree["b"]));
        Assert.True(Of(seen, "a").HasFlag(Subtree) && Of(seen, "b").HasFlag(Subtree), WatchedTree.Told(seen));
        File.WriteAllText(tree["a/in-b"], "x");
        File.WriteAllText(tree["b/in-a"], "x");
        tree.Expect("a/in-b", CloseWrite);
        tree.Expect("b/in-a", CloseWrite);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_link_is_a_creation_and_its_removal_a_deletion(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => File.WriteAllText(Path.Combine(root, "a"), ""));
        Assert.True(Of(tree.During(() => Do($"ln '{tree["a"]}' '{tree["b"]}'")), "b").HasFlag(Create));
        Assert.True(Of(tree.During(() => File.Delete(tree["b"])), "b").HasFlag(Delete));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_write_through_a_hard_link_is_told_of_the_name_used(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => Do($"cd '{root}'; touch a; ln a b"));
        Assert.True(Of(tree.During(() => Do($"echo x >> '{tree["b"]}'")), "b").HasFlag(CloseWrite));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Nodes_fifos_and_symbolic_links_are_creations(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        var seen = tree.During(() => Do($"cd '{tree.Root}'; mkfifo fifo; ln -s nowhere symlink"));
        Assert.True(Of(seen, "fifo").HasFlag(Create) && Of(seen, "symlink").HasFlag(Create), WatchedTree.Told(seen));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Device_nodes_are_creations(EventSourceKind kind)
    {
        Privileges.NeedsDevices();
        using var tree = new WatchedTree(kind);
        Assert.True(Of(tree.During(() => Do($"mknod '{tree["null"]}' c 1 3")), "null").HasFlag(Create));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Mode_times_and_extended_attributes_are_attributes(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => Do($"cd '{root}'; mkdir d; touch d/f"));
        Assert.Equal(Attributes, Of(tree.During(() => Do($"chmod 600 '{tree["d/f"]}'")), "d/f"));
        Assert.Equal(Attributes, Of(tree.During(() => Do($"chmod 700 '{tree["d"]}'")), "d"));
        Assert.Equal(Attributes, Of(tree.During(() => Do($"chmod 700 '{tree.Root}'")), "."));
        Assert.NotEqual(None, Of(tree.During(() => File.SetLastWriteTimeUtc(tree["d/f"], DateTime.UnixEpoch)), "d/f"));
        Assert.NotEqual(None, Of(tree.During(() => Directory.SetLastWriteTimeUtc(tree["d"], DateTime.UnixEpoch)), "d"));
        if (Privileges.IsRoot)
            Assert.Equal(Attributes, Of(tree.During(() => Do($"chown 1:1 '{tree["d/f"]}'")), "d/f"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_tree_made_at_once_and_removed_at_once_is_told_in_full(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        var made = tree.During(() => Do($"mkdir -p '{tree["a/b/c"]}'"));
        Assert.All(["a", "a/b", "a/b/c"], path => Assert.True(Of(made, path).HasFlag(Create)));
        var removed = tree.During(() => Do($"rm -r '{tree["a"]}'"));
        Assert.True(Of(removed, "a").HasFlag(Delete), WatchedTree.Told(removed));
        File.WriteAllText(tree["a"], "now a file");
        tree.Expect("a", Create | CloseWrite);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void An_unnamed_file_is_told_when_it_gets_its_name(EventSourceKind kind)
    {
        Privileges.NeedsProgram("python3");
        using var tree = new WatchedTree(kind);
        var seen = tree.During(() => Python(
            "import os,sys; d=sys.argv[1]; f=os.open(d, os.O_TMPFILE|os.O_RDWR); os.write(f, b'x');"
            + " os.link(f'/proc/self/fd/{f}', d+'/named', src_dir_fd=f, follow_symlinks=True)", tree.Root));
        Assert.True(Of(seen, "named").HasFlag(Create), WatchedTree.Told(seen));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_store_through_a_mapping_is_told_when_the_mapping_ends(EventSourceKind kind)
    {
        Privileges.NeedsProgram("python3");
        using var tree = new WatchedTree(kind, prepare: root => File.WriteAllText(Path.Combine(root, "f"), "content"));
        var seen = tree.During(() => Python(
            "import mmap,os,sys; f=os.open(sys.argv[1], os.O_RDWR); m=mmap.mmap(f, 7); os.close(f); m[0:1]=b'X'; m.close()", tree["f"]));
        Assert.True(Of(seen, "f").HasFlag(CloseWrite), WatchedTree.Told(seen));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_directory_moved_in_is_a_subtree_and_watched_from_then_on(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        Do($"mkdir -p '{tree.Outside}/d/e'; touch '{tree.Outside}/d/e/f'");
        var seen = tree.During(() => Directory.Move(Path.Combine(tree.Outside, "d"), tree["in"]));
        Assert.Equal(MovedIn | Subtree, Of(seen, "in"));
        File.WriteAllText(tree["in/e/f"], "x");
        tree.Expect("in/e/f", CloseWrite);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_directory_moved_out_is_gone_and_silent(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, prepare: root => Do($"cd '{root}'; mkdir -p d/e; touch d/e/f"));
        var outside = Path.Combine(tree.Outside, "d");
        Assert.Equal(MovedOut, Of(tree.During(() => Directory.Move(tree["d"], outside)), "d"));
        Assert.Empty(tree.During(() => File.WriteAllText(Path.Combine(outside, "e/f"), "x")));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Files_move_in_and_out(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        var outside = Path.Combine(tree.Outside, "f");
        Do($"touch '{outside}'");
        Assert.Equal(MovedIn, Of(tree.During(() => File.Move(outside, tree["f"])), "f"));
        Assert.Equal(MovedOut, Of(tree.During(() => File.Move(tree["f"], outside)), "f"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Names_are_bytes(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind);
        byte[][] names = ["new\nline"u8.ToArray(), [0xff, 0xfe, (byte)'x'], "-rf"u8.ToArray(), " "u8.ToArray(), .. (byte[][])[[.. Enumerable.Repeat((byte)'n', 255)]]];
        var seen = tree.During(() => Do($"cd '{tree.Root}'; touch -- -rf ' ' \"$(printf 'new\\nline')\" \"$(printf '\\377\\376x')\" {new string('n', 255)}"));
        Assert.All(names, name => Assert.Contains(seen, one => one.Path == TreePath.Parse(name) && one.Has(Create)));
    }

    private static FileOperations Of(IEnumerable<WatchEvent> events, string path) =>
        events.Where(seen => seen.Path == TreePath.Parse(path)).Aggregate(None, (all, seen) => all | seen.Operations);

    private static void Do(string script) => Command.Check("sh", "-c", script);

    private static void Python(string script, params string[] arguments) => Command.Check("python3", ["-c", script, .. arguments]);
}
