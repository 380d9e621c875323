using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Engine.Tests.Planning;

/// <summary>What is renamed once more before anybody looks.</summary>
public sealed class RenamedNamesTests
{
    private readonly MemoryTree _source = new();
    private readonly DirtyTree _changes = new(TimeProvider.System);
    private readonly Planner _planner;

    public RenamedNamesTests()
    {
        _planner = new Planner(_source, new Selection(FilterRules.None, _source));
        Assert.Equal(Errno.None, _source.OpenInPlace(Path("first"), out var file));
        file!.Dispose();
        _changes.MarkEverything(trusting: false);
        Plan();
    }

    [Fact]
    public void The_name_that_the_destination_has_is_kept_until_it_is_known_where_it_went()
    {
        Assert.Equal(Errno.None, _source.Rename(Path("first"), Path("last")));
        _changes.MarkRenamed(Path("first"), Path("second"), directory: false);
        Assert.DoesNotContain(Plan().Items, item => item.Action == PlannedAction.Delete);
        _changes.MarkRenamed(Path("second"), Path("last"), directory: false);
        var rename = Assert.Single(Plan().Renames);
        Assert.Equal((Path("first"), Path("last")), (rename.From, rename.To.Path));
    }

    private PlannedBatch Plan()
    {
        var batch = _planner.Plan(_changes.Take(int.MaxValue), DateTimeOffset.UtcNow);
        _changes.Return([.. _planner.Recheck(batch, 0), .. batch.Remainder, .. batch.PutOff]);
        return batch;
    }

    private static TreePath Path(string path) => TreePath.Parse(path);
}
