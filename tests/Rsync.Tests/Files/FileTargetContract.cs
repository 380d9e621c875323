using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Xunit;
using static ChangedFiles.Linux.Errno;

namespace ChangedFiles.Rsync.Tests.Files;

/// <summary>What every place to receive into does; the implementations derive and give one that is empty.</summary>
public abstract partial class FileTargetContract
{
    protected abstract IFileTarget Target { get; }

    [Fact]
    public void A_new_tree_is_an_empty_directory()
    {
        Assert.Equal(FileKind.Directory, Stat(".").Kind);
        Assert.Empty(Names("."));
    }

    [Fact]
    public void A_file_gets_its_name_when_it_is_committed()
    {
        Ok(Target.Create(P("f"), out var file));
        using (file)
        {
            Ok(file!.Write("hello"u8, 0));
            Ok(file.SetMetadata(new() { Mode = 0x81A4, Mtime = new(1_000_000_000, 123_456_789) }, out _));
            Assert.Equal(ENOENT, Target.Stat(P("f"), out _));
            Assert.Matches(@"^\.f\.[0-9A-Za-z]{6}$", file.Path.ToString());
            Assert.Equal([file.Path.ToString()], Names("."));
            Assert.Equal(0x180u, Stat(file.Path.ToString()).Permissions & ~0x1A4u | 0x180u);
            Ok(file.Commit());
            Assert.Equal("f", file.Path.ToString());
        }
        Assert.Equal("hello", Read("f"));
        Assert.Equal(0x1A4u, Stat("f").Permissions);
        Assert.Equal(new FileTime(1_000_000_000, 123_456_789), Stat("f").Mtime);
        Assert.Equal(["f"], Names("."));
    }

    [Fact]
    public void A_file_that_is_not_committed_leaves_nothing()
    {
        Write("f", "old");
        Ok(Target.Create(P("f"), out var file));
        Ok(file!.Write("new"u8, 0));
        file.Dispose();
        file.Dispose();
        Assert.Equal("old", Read("f"));
        Assert.Equal(["f"], Names("."));
    }

    [Fact]
    public void A_committed_file_replaces_files_and_links_but_no_directory()
    {
        Write("f", "old");
        Ok(Target.MakeSymlink(P("link"), "f"u8));
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Write("f", "new");
        Write("link", "not through the link");
        Assert.Equal("new", Read("f"));
        Assert.Equal("not through the link", Read("link"));
        Ok(Target.Create(P("d"), out var file));
        using (file)
            Assert.Equal(EISDIR, file!.Commit());
        Assert.Equal(["d", "f", "link"], Names("."));
    }

    [Fact]
    public void A_file_can_be_committed_elsewhere_and_start_elsewhere()
    {
        Ok(Target.MakeDirectory(P("partial"), 0x1C0));
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Ok(Target.Create(P("d/f"), out var file));
        using (file)
        {
            Ok(file!.Write("half"u8, 0));
            Ok(file.Commit(P("partial/f")));
        }
        Assert.Equal("half", Read("partial/f"));
        Ok(Target.Create(P("d/f"), out file, P("partial")));
        using (file)
        {
            Assert.StartsWith("partial/.f.", file!.Path.ToString());
            Ok(file.Write("whole"u8, 0));
            Ok(file.Commit());
        }
        Assert.Equal("whole", Read("d/f"));
        Assert.Equal(["f"], Names("partial"));
    }

    [Fact]
    public void Long_and_dotted_names_get_temporary_names_that_fit()
    {
        foreach (var name in new[] { new string('x', 255), new string('x', 248), string.Concat(Enumerable.Repeat("ä", 127)) })
        {
            Ok(Target.Create(P(name), out var file));
            using (file)
            {
                Assert.InRange(file!.Path.Bytes.Length, 254, 255);
                Assert.DoesNotContain("\\#", file.Path.ToString());
                Ok(file.Commit());
            }
            Assert.Equal(0, Stat(name).Size);
        }
        Ok(Target.Create(P(".profile"), out var dotted));
        using (dotted)
            Assert.StartsWith(".profile.", dotted!.Path.ToString());
    }

    [Fact]
    public void A_file_has_zeros_where_nothing_was_written_and_where_a_hole_was_punched()
    {
        Ok(Target.Create(P("f"), out var file));
        using (file)
        {
            Ok(file!.Preallocate(1 << 20));
            Ok(file.Write("ab"u8, 10_000));
            Ok(file.Write(Enumerable.Repeat((byte)'x', 9_000).ToArray(), 20_000));
            Ok(file.PunchHole(21_000, 7_000));
            Ok(file.SetLength(28_500));
            Ok(file.SetLength(30_000));
            Ok(file.Sync());
            var start = new byte[1];
            Ok(file.Read(start, 10_001, out var read));
            Assert.Equal("b"u8, start.AsSpan(0, read));
            Ok(file.Commit());
        }
        var expected = new byte[30_000];
        "ab"u8.CopyTo(expected.AsSpan(10_000));
        expected.AsSpan(20_000, 1_000).Fill((byte)'x');
        expected.AsSpan(28_000, 500).Fill((byte)'x');
        Assert.Equal(expected, ReadBytes("f"));
    }

    [Fact]
    public void A_file_can_be_written_where_it_is()
    {
        Write("f", "hello world");
        var inode = Stat("f").Inode;
        Ok(Target.OpenInPlace(P("f"), out var file));
        using (file)
        {
            Ok(file!.Write("J"u8, 0));
            Ok(file.SetLength(5));
            Ok(file.Commit());
        }
        Assert.Equal("Jello", Read("f"));
        Assert.Equal(inode, Stat("f").Inode);
        Ok(Target.OpenInPlace(P("new"), out file));
        using (file)
            Ok(file!.Write("x"u8, 0));
        Assert.Equal("x", Read("new"));
        Ok(Target.MakeSymlink(P("link"), "f"u8));
        Assert.Equal(ELOOP, Target.OpenInPlace(P("link"), out _));
        Assert.Equal(EISDIR, Target.OpenInPlace(P("."), out _));
    }

    [Fact]
    public void An_open_file_outlives_its_name()
    {
        Write("f", "old");
        Ok(Target.Open(P("f"), out var old));
        Write("f", "new");
        Ok(Target.Unlink(P("f")));
        using (old)
        {
            var buffer = new byte[10];
            Ok(old!.Read(buffer, 0, out var read));
            Assert.Equal("old"u8, buffer.AsSpan(0, read));
            Ok(old.Read(buffer, 3, out read));
            Assert.Equal(0, read);
        }
    }

    [Fact]
    public void Directories_are_made_once_and_removed_when_empty()
    {
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Assert.Equal(0x1C0u, Stat("d").Permissions);
        Assert.Equal(EEXIST, Target.MakeDirectory(P("d"), 0x1C0));
        Assert.Equal(ENOENT, Target.MakeDirectory(P("missing/d"), 0x1C0));
        Write("d/f", "");
        Assert.Equal(ENOTDIR, Target.MakeDirectory(P("d/f/d"), 0x1C0));
        Assert.Equal(ENOTEMPTY, Target.RemoveDirectory(P("d")));
        Assert.Equal(EISDIR, Target.Unlink(P("d")));
        Assert.Equal(ENOTDIR, Target.RemoveDirectory(P("d/f")));
        Ok(Target.Unlink(P("d/f")));
        Ok(Target.RemoveDirectory(P("d")));
        Assert.Equal(ENOENT, Target.Stat(P("d"), out _));
    }

    [Fact]
    public void A_look_at_a_directory_says_what_stat_says_of_it_and_of_each_name()
    {
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Ok(Target.MakeDirectory(P("d/e"), 0x1ED));
        Ok(Target.MakeSymlink(P("d/link"), "f"u8));
        Write("d/f", "hello");
        Ok(Target.MakeLink(P("d/again"), P("d/f")));
        Ok(Target.SetMetadata(P("d/f"), new Metadata { Mode = 0x81A0, Uid = 1234, Gid = 4321, Mtime = new FileTime(-5, 300) }, out _));
        foreach (var directory in new[] { P("d"), P("d/e"), TreePath.Root })
        {
            var found = new List<PathStat>();
            Ok(Target.Look(directory, out var stat, found));
            // Listing may count as an access.
            Assert.Equal(Stat($"{directory}") with { Atime = default }, stat with { Atime = default });
            Assert.Equal(Names($"{directory}"), found.Select(name => TreePath.Printable(name.Path.Name)).Order(StringComparer.Ordinal));
            Assert.All(found, name => Assert.Equal((None, Stat($"{name.Path}") with { Atime = default }), (name.Errno, name.Stat with { Atime = default })));
            Assert.All(found, name => Assert.Equal(directory, name.Path.Parent));
        }
        Assert.Equal(ENOENT, Target.Look(P("missing"), out _, []));
        Assert.Equal(ENOTDIR, Target.Look(P("d/f"), out _, []));
        Assert.Equal(ELOOP, Target.Look(P("d/link"), out _, []));
    }

    [Fact]
    public void A_symbolic_link_keeps_its_text_and_is_never_gone_through()
    {
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Write("d/f", "kept");
        Ok(Target.MakeSymlink(P("link"), "d"u8));
        Ok(Target.ReadLink(P("link"), out var text));
        Assert.Equal("d"u8, text);
        Assert.Equal(FileKind.Symlink, Stat("link").Kind);
        Assert.Equal(EEXIST, Target.MakeSymlink(P("link"), "e"u8));
        Assert.Equal(ELOOP, Target.Stat(P("link/f"), out _));
        Assert.Equal(ELOOP, Target.Open(P("link/f"), out _));
        Assert.Equal(ELOOP, Target.Open(P("link"), out _));
        Assert.Equal(ELOOP, Target.List(P("link"), new List<byte[]>()));
        Assert.Equal(ELOOP, Target.Create(P("link/g"), out _));
        Assert.Equal(ELOOP, Target.OpenInPlace(P("link/f"), out _));
        Assert.Equal(ELOOP, Target.MakeDirectory(P("link/e"), 0x1C0));
        Assert.Equal(ELOOP, Target.MakeSymlink(P("link/e"), "x"u8));
        Assert.Equal(ELOOP, Target.MakeLink(P("link/e"), P("d/f")));
        Assert.Equal(ELOOP, Target.MakeLink(P("e"), P("link/f")));
        Assert.Equal(ELOOP, Target.MakeNode(P("link/e"), 0x1180, 0, 0));
        Assert.Equal(ELOOP, Target.Rename(P("link/f"), P("e")));
        Assert.Equal(ELOOP, Target.Rename(P("d/f"), P("link/e")));
        Assert.Equal(ELOOP, Target.Unlink(P("link/f")));
        Assert.Equal(ELOOP, Target.RemoveDirectory(P("link/e")));
        Assert.Equal(ELOOP, Target.RemoveTree(P("link/f")));
        Assert.Equal(ELOOP, Target.SetMetadata(P("link/f"), new() { Mode = 0x1FF }, out _));
        Assert.Equal(EINVAL, Target.ReadLink(P("d/f"), out _));
        Ok(Target.RemoveTree(P("link")));
        Assert.Equal("kept", Read("d/f"));
        Assert.Equal(["d"], Names("."));
    }

    [Fact]
    public void Links_and_nodes_can_replace_what_is_there()
    {
        Write("f", "one");
        Write("g", "two");
        Ok(Target.MakeSymlink(P("g"), "x"u8, replace: true));
        Ok(Target.MakeSymlink(P("g"), "y"u8, replace: true));
        Assert.Equal(FileKind.Symlink, Stat("g").Kind);
        Ok(Target.MakeNode(P("g"), 0x1180, 0, 0, replace: true));
        Assert.Equal(FileKind.Fifo, Stat("g").Kind);
        Assert.Equal(0x180u, Stat("g").Permissions);
        Assert.Equal(EEXIST, Target.MakeNode(P("g"), 0xC180, 0, 0));
        Ok(Target.MakeLink(P("g"), P("f"), replace: true));
        Ok(Target.MakeLink(P("g"), P("f"), replace: true));
        Ok(Target.MakeLink(P("h"), P("f")));
        Assert.Equal(EEXIST, Target.MakeLink(P("h"), P("f")));
        Assert.Equal(Stat("f").Inode, Stat("g").Inode);
        Assert.Equal(3u, Stat("f").LinkCount);
        Assert.Equal(["f", "g", "h"], Names("."));
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Assert.Equal(EISDIR, Target.MakeSymlink(P("d"), "x"u8, replace: true));
        Assert.Equal(EPERM, Target.MakeLink(P("e"), P("d")));
        Assert.Equal(["d", "f", "g", "h"], Names("."));
    }

    [Theory]
    [InlineData("unlink"), InlineData("rename"), InlineData("link"), InlineData("symlink"), InlineData("commit")]
    public void A_file_that_loses_a_name_has_changed(string how)
    {
        Write("f", "x");
        Write("other", "y");
        Ok(Target.MakeLink(P("g"), P("f")));
        var before = Stat("f").Ctime;
        // The clock of a file system may tick every hundredth of a second only.
        Thread.Sleep(20);
        switch (how)
        {
            case "unlink":
                Ok(Target.Unlink(P("g")));
                break;
            case "rename":
                Ok(Target.Rename(P("other"), P("g")));
                break;
            case "link":
                Ok(Target.MakeLink(P("g"), P("other"), replace: true));
                break;
            case "symlink":
                Ok(Target.MakeSymlink(P("g"), "x"u8, replace: true));
                break;
            default:
                Write("g", "z");
                break;
        }
        Assert.Equal(1u, Stat("f").LinkCount);
        Assert.True(Stat("f").Ctime > before);
    }

    [Fact]
    public void A_rename_moves_files_and_directories()
    {
        Ok(Target.MakeDirectory(P("a"), 0x1C0));
        Ok(Target.MakeDirectory(P("a/b"), 0x1C0));
        Ok(Target.MakeDirectory(P("empty"), 0x1C0));
        Write("a/b/f", "x");
        Write("g", "y");
        Assert.Equal("x", Read("a/b/f"));
        Ok(Target.Rename(P("a"), P("c")));
        Assert.Equal(ENOENT, Target.Stat(P("a/b/f"), out _));
        Assert.Equal("x", Read("c/b/f"));
        Ok(Target.Rename(P("g"), P("c/b/f")));
        Assert.Equal("y", Read("c/b/f"));
        Assert.Equal(EISDIR, Target.Rename(P("c/b/f"), P("empty")));
        Assert.Equal(ENOTDIR, Target.Rename(P("empty"), P("c/b/f")));
        Assert.Equal(ENOTEMPTY, Target.Rename(P("empty"), P("c")));
        Assert.Equal(EINVAL, Target.Rename(P("c"), P("c/b/c")));
        Ok(Target.Rename(P("c/b"), P("empty")));
        Assert.Equal("y", Read("empty/f"));
        Assert.Equal(ENOENT, Target.Rename(P("missing"), P("e")));
    }

    [Fact]
    public void A_tree_is_removed_with_all_it_holds_and_each_name_is_told()
    {
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Ok(Target.MakeDirectory(P("d/e"), 0x1C0));
        Write("d/e/f", "x");
        Write("kept", "x");
        Ok(Target.MakeSymlink(P("d/link"), "../kept"u8));
        var removed = new List<string>();
        Ok(Target.RemoveTree(P("d"), (path, error) =>
        {
            Ok(error);
            removed.Add(path.ToString());
        }));
        Assert.Equal(["d", "d/e", "d/e/f", "d/link"], removed.Order());
        Assert.True(removed.IndexOf("d/e/f") < removed.IndexOf("d/e"));
        Assert.Equal("d", removed[^1]);
        Assert.Equal(["kept"], Names("."));
        Ok(Target.RemoveTree(P("kept")));
        Ok(Target.RemoveTree(P("missing")));
        Assert.Equal(EBUSY, Target.RemoveTree(TreePath.Root));
    }

    [Fact]
    public void Names_may_be_any_bytes()
    {
        byte[][] names = [[0xFF, 0xFE], "line\nbreak"u8.ToArray(), " "u8.ToArray(), "-rf"u8.ToArray(), [.. Enumerable.Repeat((byte)0xC3, 255)]];
        foreach (var name in names)
        {
            var path = TreePath.Parse(name);
            Ok(Target.Create(path, out var file));
            using (file)
                Ok(file!.Commit());
            Ok(Target.Stat(path, out _));
        }
        var listed = new List<byte[]>();
        Ok(Target.List(TreePath.Root, listed));
        Assert.Equal(names.Order(Bytes), listed.Order(Bytes));
    }

    [Fact]
    public void Too_long_a_path_is_refused()
    {
        var path = TreePath.Root;
        while (path.Bytes.Length + 200 < TreePath.MaxLength)
        {
            path = path.Child(new byte[199].Select(_ => (byte)'d').ToArray());
            Ok(Target.MakeDirectory(path, 0x1C0));
        }
        Ok(Target.Stat(path, out _));
        var tooLong = path.Child(new byte[200].Select(_ => (byte)'x').ToArray());
        Assert.Equal(ENAMETOOLONG, Target.Stat(tooLong, out _));
        Assert.Equal(ENAMETOOLONG, Target.Create(tooLong, out _));
        Assert.Equal(ENAMETOOLONG, Target.MakeDirectory(tooLong, 0x1C0));
        Ok(Target.RemoveTree(TreePath.Parse(path.Bytes[..199])));
        Assert.Empty(Names("."));
    }

    [Fact]
    public void The_root_itself_can_get_attributes_and_nothing_else()
    {
        Ok(Target.SetMetadata(TreePath.Root, new() { Mode = 0x41C0, Mtime = new(5, 6) }, out _));
        Assert.Equal((0x1C0u, new FileTime(5, 6)), (Stat(".").Permissions, Stat(".").Mtime));
        Assert.Equal(EISDIR, Target.Create(TreePath.Root, out _));
        Assert.Equal(EEXIST, Target.MakeDirectory(TreePath.Root, 0x1C0));
        Assert.NotEqual(None, Target.Unlink(TreePath.Root));
        Assert.NotEqual(None, Target.RemoveDirectory(TreePath.Root));
        Assert.NotEqual(None, Target.Rename(TreePath.Root, P("x")));
        Assert.NotEqual(None, Target.Rename(P("x"), TreePath.Root));
        Assert.NotEqual(None, Target.MakeSymlink(TreePath.Root, "x"u8, replace: true));
    }

    private static readonly Comparer<byte[]> Bytes = Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y));

    protected static TreePath P(string path) => TreePath.Parse(path);

    protected static void Ok(Errno error) => Assert.Equal(None, error);

    protected FileStat Stat(string path)
    {
        Ok(Target.Stat(P(path), out var stat));
        return stat;
    }

    protected List<string> Names(string directory)
    {
        var names = new List<DirectoryEntry>();
        Ok(Target.List(P(directory), names));
        return [.. names.Select(entry => TreePath.Printable(entry.Name)).Order(StringComparer.Ordinal)];
    }

    protected void Write(string path, string content)
    {
        Ok(Target.Create(P(path), out var file));
        using (file)
        {
            Ok(file!.Write(System.Text.Encoding.UTF8.GetBytes(content), 0));
            Ok(file.Commit());
        }
    }

    protected string Read(string path) => System.Text.Encoding.UTF8.GetString(ReadBytes(path));

    protected byte[] ReadBytes(string path)
    {
        Ok(Target.Open(P(path), out var file));
        using (file)
        {
            var content = new byte[file!.Stat.Size];
            for (var done = 0; done < content.Length;)
            {
                Ok(file.Read(content.AsSpan(done), done, out var read));
                Assert.NotEqual(0, read);
                done += read;
            }
            return content;
        }
    }
}
