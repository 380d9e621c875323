using ChangedFiles.Engine.Watching;
using ChangedFiles.TestKit;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>
/// Writes through a descriptor whose name has gone or is another file's: the kernel still tells the old name. fanotify also tells the
/// inode, so the file is found where it is.
/// </summary>
public sealed class LinkTests
{
    [Fact]
    public void A_file_made_without_a_name_is_found_when_it_is_written_after_it_got_one() => AssertTold("tf",
        """
        import os, sys
        f = os.open('.', os.O_TMPFILE | os.O_RDWR)
        os.link(f'/proc/self/fd/{f}', os.getcwd() + '/tf', src_dir_fd=f, follow_symlinks=True)
        """);

    [Fact]
    public void A_file_whose_name_was_removed_is_found_by_its_other_link() => AssertTold("sub/h2",
        """
        import os
        os.mkdir('sub')
        f = os.open('h1', os.O_CREAT | os.O_RDWR)
        os.link('h1', 'sub/h2')
        os.unlink('h1')
        """);

    [Fact]
    public void A_file_whose_name_went_to_another_file_is_found_by_its_other_link() => AssertTold("v2",
        """
        import os
        f = os.open('v', os.O_CREAT | os.O_RDWR)
        os.link('v', 'v2')
        open('w', 'w').close()
        os.rename('w', 'v')
        """);

    [Fact]
    public void A_file_renamed_while_it_is_open_is_told_by_its_new_name() => AssertTold("new",
        """
        import os
        f = os.open('old', os.O_CREAT | os.O_RDWR)
        os.rename('old', 'new')
        """);

    [Theory]
    [InlineData("os.link('k','n')\nopen('n','r+').write('x')\nos.rename('w','n')")]
    [InlineData("os.mkdir('d')\nos.link('k','d/n')\nopen('d/n','r+').write('x')\nos.unlink('d/n')\nos.rmdir('d')")]
    [InlineData("os.link('k','known/n')\nopen('known/n','r+').write('x')\nos.unlink('known/n')\nos.rmdir('known')")]
    public void A_file_is_found_by_its_older_name_when_the_new_link_is_gone_before_anyone_looked(string changes)
    {
        Privileges.NeedsProgram("python3");
        using var tree = new WatchedTree(EventSourceKind.Fanotify, prepare: root => File.WriteAllText(Path.Combine(root, "k"), ""));
        File.WriteAllText(tree["w"], "");
        Directory.CreateDirectory(tree["known"]);
        tree.Settle();
        var seen = tree.During(() =>
        {
            tree.Sink.Hold();
            File.WriteAllText(tree["mark-held"], "");
            tree.Sink.WaitUntilHeld();
            Command.Check("python3", "-c", $"import os,sys\nos.chdir(sys.argv[1])\n{changes}", tree.Root);
            tree.Sink.Release();
        });
        Assert.True(seen.Any(one => one.Path.ToString() == "k" && one.Has(Modify)) || seen.Any(one => one.Has(Subtree)), WatchedTree.Told(seen));
    }

    /// <summary>As long as the new name is still there when its event is read.</summary>
    [Theory]
    [InlineData("os.rename('w', 'n')")]
    [InlineData("os.rename('n', '../outside/n')")]
    [InlineData("os.unlink('n')")]
    public void With_inotify_the_tree_is_looked_at_when_a_link_goes_that_was_written_by(string going)
    {
        Privileges.NeedsProgram("python3");
        using var tree = new WatchedTree(EventSourceKind.Inotify);
        Directory.CreateDirectory(tree.Outside);
        File.WriteAllText(tree["k"], "");
        File.WriteAllText(tree["w"], "");
        Command.Check("python3", "-c", "import os,sys\nos.chdir(sys.argv[1])\nos.link('k','n')", tree.Root);
        tree.Settle();
        var unwritten = tree.During(() => Command.Check("python3", "-c", "import os,sys\nos.chdir(sys.argv[1])\nos.link('k','m')\nos.unlink('m')", tree.Root));
        Assert.DoesNotContain(unwritten, one => one.Has(Subtree));
        var seen = tree.During(() =>
            Command.Check("python3", "-c", $"import os,sys\nos.chdir(sys.argv[1])\nopen('n','w').write('x')\n{going}", tree.Root));
        Assert.Contains(seen, one => one.Has(Subtree) && one.Path.IsRoot);
    }

    [Theory]
    [InlineData("os.rename('w', 'n')")]
    [InlineData("os.rename('n', '../outside/n')")]
    [InlineData("os.unlink('n')")]
    public void A_file_is_found_by_its_older_name_when_the_new_link_goes_after_it_was_looked_at(string going)
    {
        Privileges.NeedsProgram("python3");
        using var tree = Open();
        Directory.CreateDirectory(tree.Outside);
        File.WriteAllText(tree["k"], "");
        File.WriteAllText(tree["w"], "");
        tree.Settle();
        Command.Check("python3", "-c", "import os,sys\nos.chdir(sys.argv[1])\nos.link('k','n')\nopen('n','w').write('x')", tree.Root);
        tree.Settle();
        var seen = tree.During(() => Command.Check("python3", "-c", $"import os,sys\nos.chdir(sys.argv[1])\n{going}", tree.Root));
        Assert.True(seen.Any(one => one.Path.ToString() == "k" && one.Has(Modify)) || seen.Any(one => one.Has(Subtree)), WatchedTree.Told(seen));
    }

    [Fact]
    public void A_removed_file_that_is_still_written_sets_nothing_in_motion()
    {
        using var tree = Open();
        using var file = File.Open(tree["f"], FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(tree["f"]);
        var seen = tree.During(() =>
        {
            file.WriteByte(1);
            file.Flush();
        });
        Assert.DoesNotContain(seen, one => one.Has(Subtree) || one.Path.ToString() != "f");
    }

    /// <summary>After the script's first part, f is written: this must be told of the expected name, or of a tree it is in.</summary>
    private static void AssertTold(string path, string prepare)
    {
        Privileges.NeedsProgram("python3");
        using var tree = Open();
        // The first part is over (and its events read) when the marker is seen; the write comes after a line on standard input.
        using var python = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("python3",
            ["-c", prepare + "\nprint('ready', flush=True)\ninput()\nos.write(f, b'x')\nos.close(f)\n"])
        { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = tree.Root })!;
        Assert.Equal("ready", python.StandardOutput.ReadLine());
        var seen = tree.During(() =>
        {
            python.StandardInput.WriteLine();
            python.WaitForExit();
        });
        Assert.Equal(0, python.ExitCode);
        Assert.True(seen.Any(one => one.Path.ToString() == path && one.Has(Modify | CloseWrite)) || seen.Any(one => one.Has(Subtree)), WatchedTree.Told(seen));
    }

    private static WatchedTree Open() => new(EventSourceKind.Fanotify);
}
