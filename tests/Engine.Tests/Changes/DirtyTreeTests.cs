using ChangedFiles.Engine.Changes;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Engine.Tests.Changes;

public sealed class DirtyTreeTests
{
    private readonly ManualClock _clock = new();
    private readonly DirtyTree _tree;

    public DirtyTreeTests() => _tree = new DirtyTree(_clock);

    [Fact]
    public void Marking_again_changes_nothing_but_keeps_the_first_moment()
    {
        Mark("a");
        _clock.Advance(10);
        Mark("a");
        Assert.Equal(1, _tree.Unconfirmed);
        Assert.Equal(1, _tree.Take(10).Single().Since);
    }

    [Fact]
    public void The_oldest_mark_is_taken_first_and_a_batch_is_limited()
    {
        Mark("a", "b", "c");
        Assert.Equal("a b", Taken(2));
        _tree.Confirm();
        Assert.Equal("c", Taken(2));
    }

    [Fact]
    public void Only_one_batch_is_in_flight()
    {
        Mark("a", "b");
        Taken(1);
        Assert.Throws<InvalidOperationException>(() => _tree.Take(1));
    }

    [Fact]
    public void What_is_in_flight_is_not_confirmed()
    {
        Mark("a");
        _clock.Advance(10);
        Taken();
        Mark("b");
        Assert.Equal((2, 1L), (_tree.Unconfirmed, _tree.OldestUnconfirmed!.Value));
        _tree.Confirm();
        Assert.Equal((1, 11L), (_tree.Unconfirmed, _tree.OldestUnconfirmed!.Value));
        Taken();
        _tree.Confirm();
        Assert.Null(_tree.OldestUnconfirmed);
    }

    [Fact]
    public void A_returned_mark_keeps_its_age_and_joins_a_newer_one()
    {
        Mark("a", "b");
        var batch = _tree.Take(10);
        _clock.Advance(10);
        _tree.Mark(Path("a"), subtree: true);
        _tree.Return([batch[0]]);
        var again = _tree.Take(10).Single();
        Assert.Equal((Path("a"), true, 1L), (again.Path, again.Subtree, again.Since));
    }

    [Fact]
    public void A_subtree_swallows_what_is_below_it_whenever_that_was_marked()
    {
        Mark("d/before", "d2");
        _clock.Advance(10);
        _tree.Mark(Path("d"), subtree: true);
        Mark("d/after", "d/x/y");
        var batch = _tree.Take(10);
        Assert.Equal(["d2", "d"], batch.Select(mark => mark.Path.ToString()));
        Assert.Equal(1, batch[1].Since);
    }

    [Fact]
    public void A_subtree_in_flight_swallows_nothing_new()
    {
        _tree.Mark(Path("d"), subtree: true);
        Taken();
        Mark("d/new");
        _tree.Confirm();
        Assert.Equal("d/new", Taken());
    }

    [Fact]
    public void A_subtree_that_must_wait_does_not_hold_up_what_is_below_it()
    {
        _tree.Mark(Path("d"), subtree: true);
        _tree.Return(_tree.Take(10).Select(mark => mark with { NotBefore = _tree.After(TimeSpan.FromSeconds(60)) }));
        Mark("d/new");
        Assert.Equal("d/new", Taken());
    }

    [Fact]
    public void A_held_mark_goes_when_its_time_or_a_sign_comes()
    {
        _tree.Mark(Path("a"), hold: TimeSpan.FromMilliseconds(100));
        _tree.Mark(Path("b"), hold: TimeSpan.FromMilliseconds(100));
        Assert.Equal("", Taken());
        Mark("b");
        Assert.Equal("b", Taken());
        _tree.Confirm();
        _clock.Advance(100);
        Assert.Equal("a", Taken());
    }

    [Fact]
    public void A_shorter_hold_counts()
    {
        _tree.Mark(Path("a"), hold: TimeSpan.FromSeconds(60));
        _tree.Mark(Path("a"), hold: TimeSpan.FromMilliseconds(100));
        _clock.Advance(100);
        Assert.Equal("a", Taken());
    }

    [Fact]
    public void An_old_hold_does_not_cut_a_new_one_short()
    {
        _tree.Mark(Path("a"), hold: TimeSpan.FromMilliseconds(100));
        Mark("a");
        Assert.Equal("a", Taken());
        _tree.Confirm();
        _clock.Advance(50);
        _tree.Mark(Path("a"), hold: TimeSpan.FromMilliseconds(100));
        _clock.Advance(50);
        Assert.Equal("", Taken());
        _tree.ReleaseAll();
        Assert.Equal("a", Taken());
    }

    [Fact]
    public void A_name_that_has_to_settle_is_taken_when_nothing_was_marked_for_that_long()
    {
        var tree = new DirtyTree(_clock, settle: TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 5; i++)
        {
            tree.Mark(Path("a"));
            _clock.Advance(60);
            Assert.Empty(tree.Take(10));
        }
        tree.Mark(Path("b"));
        _clock.Advance(40);
        Assert.Equal(Path("a"), Assert.Single(tree.Take(10)).Path);
        tree.Confirm();
        _clock.Advance(60);
        Assert.Equal(Path("b"), Assert.Single(tree.Take(10)).Path);
    }

    [Fact]
    public void A_file_that_waits_for_its_close_waits_no_longer_than_told_and_nothing_else_ends_it()
    {
        var tree = new DirtyTree(_clock, keepsHolds: true);
        void Write(string name) => tree.Mark(Path(name), touched: Touch.Content, hold: TimeSpan.FromMilliseconds(1000));
        Write("closed");
        Write("open");
        tree.Mark(Path("d"), subtree: true);
        Write("d/new");
        Assert.Equal(Path("d"), Assert.Single(tree.Take(10)).Path);
        Assert.True(tree.HeldUntil(Path("d/new")) > 0);
        tree.Confirm();
        _clock.Advance(600);
        Write("open");
        tree.Mark(Path("open"), touched: Touch.Attributes);
        tree.Mark(Path("closed"), touched: Touch.Content, complete: true);
        Assert.Equal(Path("closed"), Assert.Single(tree.Take(10)).Path);
        Assert.Equal(0, tree.HeldUntil(Path("closed")));
        tree.Confirm();
        _clock.Advance(400);
        Assert.Equal([Path("d/new"), Path("open")], tree.Take(10).Select(mark => mark.Path).Order());
    }

    [Fact]
    public void Renames_in_a_row_lead_back_to_the_name_that_the_destination_has()
    {
        Rename("a", "b");
        Rename("b", "c");
        var marks = _tree.Take(10).ToDictionary(mark => mark.Path.ToString(), mark => mark.RenamedFrom?.ToString());
        Assert.Equal(new Dictionary<string, string?> { ["a"] = null, ["b"] = null, ["c"] = "a" }, marks);
    }

    [Fact]
    public void Two_names_that_are_swapped_lead_to_each_other()
    {
        Rename("a", "t");
        Rename("b", "a");
        Rename("t", "b");
        var marks = _tree.Take(10).ToDictionary(mark => mark.Path.ToString(), mark => mark.RenamedFrom?.ToString());
        Assert.Equal(new Dictionary<string, string?> { ["a"] = "b", ["b"] = "a", ["t"] = null }, marks);
    }

    [Fact]
    public void A_name_that_is_back_where_it_was_has_no_hint()
    {
        Rename("a", "b");
        Rename("b", "a");
        Assert.All(_tree.Take(10), mark => Assert.Null(mark.RenamedFrom));
    }

    [Fact]
    public void A_hint_below_a_marked_subtree_is_kept()
    {
        _tree.Mark(Path("d"), subtree: true);
        Rename("a", "d/b");
        Assert.Equal(Path("a"), _tree.Take(10).Single(mark => mark.Path == Path("d/b")).RenamedFrom);
    }

    [Fact]
    public void What_is_below_a_renamed_directory_is_known_by_its_old_place()
    {
        Rename("f", "d/f");
        Rename("d", "e", directory: true);
        Rename("e/g", "h");
        Assert.Equal("d e/f<f e/g e<d f h<d/g", Hints());
    }

    [Fact]
    public void A_file_that_was_made_anew_is_not_known_to_the_destination()
    {
        Mark("new");
        Rename("new", "renamed");
        _tree.Mark(Path("written"), touched: Touch.Content);
        Rename("written", "log");
        _tree.Mark(Path("log"), touched: Touch.Content);
        var marks = _tree.Take(10).ToDictionary(mark => mark.Path);
        Assert.Null(marks[Path("renamed")].RenamedFrom);
        Assert.Equal((Path("written"), true), (marks[Path("log")].RenamedFrom, marks[Path("log")].IsContentKnown));
    }

    [Fact]
    public void A_file_that_was_written_and_given_a_time_is_not_trusted()
    {
        _tree.Mark(Path("a"), touched: Touch.Content);
        Rename("a", "b");
        _tree.Mark(Path("b"), touched: Touch.Attributes);
        Assert.False(_tree.Take(10).Single(mark => mark.Path == Path("b")).IsContentKnown);
    }

    [Fact]
    public void In_a_renamed_directory_what_is_new_stays_an_exception()
    {
        Mark("d/new");
        Rename("d", "e", directory: true);
        _tree.Mark(Path("e/newer"));
        _tree.Mark(Path("e/changed"), touched: Touch.Content);
        Assert.Equal("d e/new e/newer e<d", Hints());
    }

    [Fact]
    public void Above_the_limit_the_deepest_directories_become_one_mark()
    {
        var tree = new DirtyTree(_clock, limit: 100);
        for (var i = 0; i < 95; i++)
            tree.Mark(Path($"deep/er/{i}"));
        for (var i = 0; i < 6; i++)
            tree.Mark(Path($"flat{i}"));
        var batch = tree.Take(1000);
        Assert.Equal(["deep/er", .. Enumerable.Range(0, 6).Select(i => $"flat{i}")], batch.Select(mark => mark.Path.ToString()).Order());
        Assert.True(batch.Single(mark => mark.Path == Path("deep/er")).Subtree);
    }

    [Fact]
    public void In_the_end_everything_is_one_mark()
    {
        var tree = new DirtyTree(_clock, limit: 100);
        for (var i = 0; i < 1000; i++)
            tree.Mark(Path($"{i}"));
        Assert.InRange(tree.Unconfirmed, 1, 100);
        Assert.Equal(TreePath.Root, Assert.Single(tree.Take(1000)).Path);
    }

    [Fact]
    public async Task A_waiting_thread_learns_of_a_mark_that_is_due_before_the_one_it_waits_for()
    {
        var tree = new DirtyTree(TimeProvider.System);
        tree.Mark(Path("late"), hold: TimeSpan.FromMinutes(10));
        var waiting = Task.Run(() => tree.Wait(TimeSpan.FromMinutes(5)), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        tree.Mark(Path("early"), hold: TimeSpan.FromMilliseconds(1));
        Assert.True(await waiting.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal("early", string.Join(' ', tree.Take(10).Select(mark => mark.Path)));
    }

    [Fact]
    public void Waking_ends_one_wait()
    {
        _tree.Wake();
        Assert.False(_tree.Wait(Timeout.InfiniteTimeSpan));
        Assert.False(_tree.Wait(TimeSpan.Zero));
    }

    private static TreePath Path(string path) => TreePath.Parse(path);

    private void Mark(params string[] paths)
    {
        foreach (var path in paths)
            _tree.Mark(Path(path));
    }

    private void Rename(string from, string to, bool directory = false)
    {
        _tree.MarkRenamed(Path(from), Path(to), directory);
    }

    private string Hints() => string.Join(
        ' ', _tree.Take(100).Select(mark => mark.RenamedFrom is { } old ? $"{mark.Path}<{old}" : $"{mark.Path}").Order(StringComparer.Ordinal));

    private string Taken(int limit = 10) => string.Join(' ', _tree.Take(limit).Select(mark => mark.Path));
}
