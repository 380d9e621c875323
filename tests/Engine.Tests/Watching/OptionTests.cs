using System.Diagnostics;
using System.Text;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.TestKit;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

public sealed class OptionTests
{
    private const string TreeVariable = "CHANGEDFILES_TEST_TREE";

    private static readonly WatchOptions WithoutCache = new() { Excludes = path => path.Name.SequenceEqual("cache"u8) };

    public static TheoryData<EventSourceKind> Kinds => WatchedTree.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public void Excluded_directories_are_silent_at_any_depth(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, WithoutCache, prepare: root => Directory.CreateDirectory(Path.Combine(root, "a/cache/deep")));
        var seen = tree.During(() =>
        {
            File.WriteAllText(tree["a/cache/deep/f"], "");
            Directory.CreateDirectory(tree["b/cache/deep"]);
            File.WriteAllText(tree["b/cache/deep/f"], "");
            File.WriteAllText(tree["b/f"], "");
        });
        Assert.DoesNotContain(seen, one => one.Path.ToString().Contains("cache"));
        Assert.Contains(seen, one => one.Path.ToString() == "b/f");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_directory_renamed_to_or_from_an_excluded_name_moves_out_or_in(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, WithoutCache, prepare: root => Directory.CreateDirectory(Path.Combine(root, "d/e")));
        Assert.Contains(tree.During(() => Directory.Move(tree["d"], tree["cache"])), one => one.Path.ToString() == "d" && one.Has(MovedOut));
        Assert.Empty(tree.During(() => File.WriteAllText(tree["cache/e/f"], "")));
        var back = tree.During(() => Directory.Move(tree["cache"], tree["d"]));
        Assert.Contains(back, one => one.Path.ToString() == "d" && one.Operations == (MovedIn | Subtree));
        File.WriteAllText(tree["d/e/f"], "");
        tree.Expect("d/e/f", CloseWrite);
    }

    [Fact]
    public void Own_writes_are_dropped_when_asked_and_those_of_others_are_not()
    {
        using var tree = new WatchedTree(EventSourceKind.Fanotify, new() { IgnoreOwnWrites = true });
        File.WriteAllText(tree["own"], "");
        Directory.CreateDirectory(tree["own-directory"]);
        Command.Check("touch", tree["own-directory/foreign"]);
        tree.Expect("own-directory/foreign", Create | CloseWrite);
        Assert.All(tree.Sink.Seen, seen => Assert.Equal("own-directory/foreign", seen.Path.ToString()));
        Assert.DoesNotContain(tree.Sink.Seen, seen => seen.ProcessId == 0 || seen.ProcessId == Environment.ProcessId);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_path_too_long_to_be_told_is_said_to_be_unwatched(EventSourceKind kind)
    {
        Privileges.NeedsProgram("python3");
        using var tree = new WatchedTree(kind);
        Command.Check("python3", "-c", "import os,sys\nos.chdir(sys.argv[1])\nfor i in range(18):\n  os.mkdir('d'*250); os.chdir('d'*250)\nopen('f','w').close()", tree.Root);
        Eventually.True(() => tree.Sink.NotWatched.Any(one => one.Reason == Errno.ENAMETOOLONG), "ENAMETOOLONG");
        tree.Settle();
    }

    [Fact]
    public void Too_few_watches_is_an_error_that_names_the_limit_and_the_need()
    {
        const string limit = "/proc/sys/user/max_inotify_watches";
        var mayLimit = Command.Run("unshare", "--user", "--map-root-user", "test", "-w", limit).ExitCode == 0;
        Assert.SkipUnless(mayLimit, "needs user namespaces");
        using var temp = new TempDirectory();
        for (var i = 0; i < 9; i++)
            temp.Mkdir($"{i}/below");
        // Limits are per user namespace: the one that runs out is of a second run of this program, for the test below.
        var start = new ProcessStartInfo("unshare", ["--user", "--map-root-user", "sh", "-c", $"echo 5 > {limit}; exec \"$@\"", "sh",
            Environment.ProcessPath!, "-noColor", "-explicit", "only", "-method", $"*.{nameof(A_tree_named_by_the_environment_is_watched)}"]);
        start.Environment[TreeVariable] = temp.Path;
        var said = Command.Run(start).Output;
        Assert.Contains("of 19 directories are watched", said);
        Assert.Contains("sysctl fs.inotify.max_user_watches=", said);
    }

    [Fact(Explicit = true)]
    public void A_tree_named_by_the_environment_is_watched()
    {
        var root = Environment.GetEnvironmentVariable(TreeVariable);
        Assert.SkipWhen(root is null, "is run by another test");
        using var tree = new WatchedTree(EventSourceKind.Inotify, root: root);
        tree.Settle();
    }

    [Fact]
    public void A_start_can_be_cancelled()
    {
        using var temp = new TempDirectory();
        temp.Mkdir("a/b");
        using var source = EventSources.Open(Encoding.UTF8.GetBytes(temp.Path), new() { Kind = EventSourceKind.Inotify });
        using var sink = new RecordingSink();
        Assert.Throws<OperationCanceledException>(() => source.Start(sink, new CancellationToken(canceled: true)));
    }
}
