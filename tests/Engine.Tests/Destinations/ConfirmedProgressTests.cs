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

    public void Dispose()
    {
        _file.Dispose();
        _place.Dispose();
    }

    private bool Deliver(PlannedAction action, bool isNew)
    {
        var directory = TreePath.Parse("d");
        var batch = new PlannedBatch { Items = [new(directory, action), new(directory.Child("in"u8), PlannedAction.Send)], Marks = [] };
        return _progress.Note(batch, new Delivery { Created = isNew ? [directory] : [] }, TimeProvider.System.GetUtcNow());
    }
}
