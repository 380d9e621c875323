using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Destinations;

public sealed class ConfirmedProgressTests : IDisposable
{
    private readonly TempDirectory _place = new();
    private readonly StateFile _file;
    private readonly ConfirmedProgress _progress;

    public ConfirmedProgressTests()
    {
        _file = StateFile.Open(_place.Path, "source", "destination", "");
        _progress = new ConfirmedProgress(new ConfirmedDirectories(_file), TimeProvider.System);
        Assert.True(Deliver(PlannedAction.Send, isNew: true));
    }

    [Fact]
    public void A_directory_that_is_gone_when_it_is_compared_once_more_shows_a_destination_that_was_emptied()
    {
        Assert.Contains(TreePath.Parse("d"), _progress.TakeTouched(ending: true));
        Assert.False(Deliver(PlannedAction.Sweep, isNew: true));
    }

    [Fact]
    public void A_directory_that_comes_anew_does_not()
    {
        _progress.TakeTouched(ending: true);
        Assert.True(Deliver(PlannedAction.Sweep, isNew: false));
        Assert.True(Deliver(PlannedAction.Send, isNew: true));
    }

    [Fact]
    public void A_directory_known_from_before_that_is_gone_when_the_one_above_it_is_compared_shows_one_too()
    {
        Assert.True(Confirm("d"));
        _progress.CaughtUp();
        Assert.True(Create("new"));
        Assert.Contains(TreePath.Root, _progress.TakeTouched(ending: true));
        Assert.False(Create("d"));
    }

    [Fact]
    public void A_directory_that_had_to_be_made_and_nothing_was_known_of_is_looked_into()
    {
        Assert.True(Create("d", "new"));
        Assert.Superset(new HashSet<TreePath> { TreePath.Root, TreePath.Parse("d"), TreePath.Parse("new") }, _progress.TakeTouched(ending: true).ToHashSet());
    }

    [Fact]
    public void A_directory_that_was_removed_while_all_is_compared_may_come_again()
    {
        Assert.True(Confirm("d", "d/below"));
        Assert.True(Remove("d"));
        Assert.True(Create("d", "d/below"));
    }

    [Fact]
    public void Nothing_is_known_to_who_comes_after_one_that_was_killed_while_the_top_directory_was_compared()
    {
        Assert.True(Confirm("d"));
        _progress.CaughtUp();
        var below = new PlannedBatch { Items = [], Marks = [], Swept = [new SweptDirectory(TreePath.Parse("d"), 1, default)], Looked = DateTimeOffset.UtcNow };
        _progress.Begin(below);
        Assert.Single(_file.Read());
        var top = below with { Swept = [new SweptDirectory(TreePath.Root, 1, default)] };
        _progress.Begin(top);
        Assert.Empty(_file.Read());
        Assert.True(_progress.Note(top, new Delivery()));
        Assert.Single(_file.Read());
        _progress.Begin(top);
        _progress.Broke(top);
        Assert.Single(_file.Read());
    }

    public void Dispose()
    {
        _file.Dispose();
        _place.Dispose();
    }

    private bool Create(params string[] names) => Note(names, PlannedAction.Send, created: names);

    private bool Remove(string name) => Note([name], PlannedAction.Delete, created: []);

    private bool Confirm(params string[] names) => Note(names, PlannedAction.Sweep, created: []);

    private bool Note(string[] names, PlannedAction action, string[] created)
    {
        var paths = names.Select(TreePath.Parse).ToList();
        var batch = new PlannedBatch
        {
            Items = paths.ConvertAll(path => new PlannedItem(path, action)),
            Swept = action == PlannedAction.Sweep ? paths.ConvertAll(path => new SweptDirectory(path, 1, default)) : [],
            Marks = [],
            Looked = DateTimeOffset.UtcNow,
        };
        return _progress.Note(batch, new Delivery { Created = [.. created.Select(TreePath.Parse)] });
    }

    private bool Deliver(PlannedAction action, bool isNew)
    {
        var directory = TreePath.Parse("d");
        var batch = new PlannedBatch { Items = [new(directory, action), new(directory.Child("in"u8), PlannedAction.Send)], Marks = [], Looked = DateTimeOffset.UtcNow };
        return _progress.Note(batch, new Delivery { Created = isNew ? [directory] : [] });
    }
}
