using ChangedFiles.Engine.Watching;
using Xunit;
using static ChangedFiles.Engine.Watching.FileOperations;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>The reader stops and the kernel's queue runs full.</summary>
public sealed class OverflowTests
{
    private static readonly int QueueLength = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"));

    public static TheoryData<EventSourceKind> Kinds => WatchedTree.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public void A_full_queue_is_an_overflow_and_the_tree_is_watched_whole_again(EventSourceKind kind)
    {
        using var tree = new WatchedTree(kind, new() { LimitQueue = true }, inMemory: true);
        WhileHeld(tree, () =>
        {
            CreateFiles(tree, QueueLength + 100);
            Directory.CreateDirectory(tree["new/deep"]);
        });
        tree.Expect(".", Overflow | Subtree);
        tree.Settle();
        File.WriteAllText(tree["new/deep/f"], "");
        tree.Expect("new/deep/f", CloseWrite);
    }

    [Fact]
    public void The_unlimited_queue_of_fanotify_loses_nothing()
    {
        using var tree = new WatchedTree(EventSourceKind.Fanotify, inMemory: true);
        WhileHeld(tree, () => CreateFiles(tree, 20_000));
        var seen = tree.Settle();
        Assert.DoesNotContain(seen, one => one.Has(Overflow));
        Assert.Equal(20_000, seen.Where(one => one.Path.Name[0] == 'f').Select(one => one.Path).Distinct().Count());
    }

    [Fact]
    public void More_than_the_chosen_backlog_is_dropped_for_one_overflow()
    {
        using var tree = new WatchedTree(EventSourceKind.Fanotify, new() { MaxBacklog = 5000 }, inMemory: true);
        WhileHeld(tree, () => CreateFiles(tree, 20_000));
        tree.Expect(".", Overflow | Subtree);
        File.WriteAllText(tree["after"], "");
        tree.Expect("after", CloseWrite);
        Assert.True(tree.Sink.Seen.Count < 15_000, $"{tree.Sink.Seen.Count} events");
    }

    private static void WhileHeld(WatchedTree tree, Action change)
    {
        tree.Sink.Hold();
        File.WriteAllText(tree["held"], "");
        tree.Sink.WaitUntilHeld();
        change();
        tree.Sink.Release();
    }

    private static void CreateFiles(WatchedTree tree, int count)
    {
        for (var i = 0; i < count; i++)
            File.Create(tree[$"f{i}"]).Dispose();
    }
}
