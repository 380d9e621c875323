using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Engine.Tests.Destinations.Remote;

public sealed class FailureTextsTests
{
    [Theory]
    [InlineData("rsync: [receiver] mkstemp \"d/.g1.mu9CRi\" (in mod) failed: Permission denied (13)", "d/g1", "rsync: [receiver] mkstemp \"d/g1\" (in mod) failed: Permission denied (13)")]
    [InlineData("rsync: [generator] symlink \".l.27260\" (in mod) -> \"/rsyncd-munged/f1\" failed: Permission denied (13)", "l", "rsync: [generator] symlink \"l\" (in mod) -> \"/rsyncd-munged/f1\" failed: Permission denied (13)")]
    [InlineData("rsync: [generator] failed to set times on \"/srv/mod/f1\": Operation not permitted (1)", "f1", null)]
    [InlineData("rsync: [receiver] mkstemp \".odd.abcdef\" failed: Permission denied (13)", ".odd.abcdef", null)]
    public void A_failure_belongs_to_the_name_it_quotes(string text, string path, string? reason)
    {
        var failures = new List<FailedPath>();
        Assert.Empty(FailureTexts.Assign([text], Batch("f1", "l", "d/g1", ".odd.abcdef", "odd"), failures));
        Assert.Equal([new FailedPath(TreePath.Parse(path), reason ?? text)], failures);
    }

    [Fact]
    public void A_text_that_names_nothing_of_the_batch_is_a_complaint_about_all_of_it()
    {
        var failures = new List<FailedPath>();
        Assert.Equal(["something \"else\""], FailureTexts.Assign(["something \"else\"", "rsync error: some files"], Batch("f1"), failures));
        Assert.Empty(failures);
    }

    private static PlannedBatch Batch(params string[] names) =>
        new() { Items = [.. names.Select(name => new PlannedItem(TreePath.Parse(name), PlannedAction.Send))], Marks = [] };
}
