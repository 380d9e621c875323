using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>docs/protocol.md 6.5, and the maps of the rsync manual.</summary>
public sealed class ReceivedIdsTests
{
    [Theory]
    [InlineData(null, 5, "nobody", 65534)]
    [InlineData(null, 5, "no such user", 5)]
    [InlineData(null, 5, "", 5)]
    [InlineData(null, 0, "nobody", 0)]
    [InlineData("5:7", 5, "nobody", 7)]
    [InlineData("4-6:nobody,*:8", 6, "x", 65534)]
    [InlineData("4-6:nobody,*:8", 7, "x", 8)]
    [InlineData("x*:1,y:2", 9, "xyz", 1)]
    [InlineData("x*:1,y:2", 9, "y", 2)]
    [InlineData("x*:1,y:2", 9, "z", 9)]
    [InlineData("root:12", 0, "", 12)]
    [InlineData("*:nobody", 0, "", 65534)]
    public void An_id_is_mapped_by_rule_or_else_by_name(string? map, uint id, string name, uint mapped)
    {
        var ids = new ReceivedIds(new PreserveOptions { UserMap = map }, mayChown: true);
        if (name.Length > 0)
            Assert.True(ids.Users.TryLearn(id, System.Text.Encoding.ASCII.GetBytes(name)));
        Assert.Equal(mapped, ids.Users.Map(id));
    }

    [Theory]
    [InlineData("5", "No colon found")]
    [InlineData("5:", "No name found")]
    [InlineData("5-:7", "Invalid number")]
    [InlineData("5x:7", "Invalid number")]
    [InlineData("4294967296:7", "Invalid number")]
    public void A_rule_that_is_not_one_is_told(string map, string what)
    {
        var failure = Assert.Throws<RsyncException>(() => new ReceivedIds(new PreserveOptions { GroupMap = map }, mayChown: true));
        Assert.Equal(ExitCode.SyntaxOrUsage, failure.ExitCode);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_with_an_unknown_target_is_told_and_left_out()
    {
        var told = new List<string>();
        var ids = new ReceivedIds(new PreserveOptions { UserMap = "5:no-such-user,5:6" }, mayChown: true, warn: told.Add);
        Assert.Equal(["Unknown --usermap name on receiver: no-such-user"], told);
        Assert.Equal(6u, ids.Users.Map(5));
    }

    [Fact]
    public void Names_do_not_count_with_numeric_ids_but_rules_do()
    {
        foreach (var ids in new[]
        {
            new ReceivedIds(new PreserveOptions { NumericIds = true, GroupMap = "5:6" }, mayChown: true),
            new ReceivedIds(new PreserveOptions { GroupMap = "5:6" }, mayChown: true, numericModule: true),
        })
        {
            Assert.True(ids.Groups.TryLearn(7, "root"u8));
            Assert.Equal((6u, 7u), (ids.Groups.Map(5), ids.Groups.Map(7)));
        }
    }

    [Fact]
    public void Without_roots_rights_owners_stay_and_groups_must_be_ones_own()
    {
        var ids = new ReceivedIds(new PreserveOptions { UserMap = "5:6" }, mayChown: false);
        Assert.Equal(5u, ids.Users.Map(5));
        Assert.False(ids.MaySetGroup(4_000_000_000));
        Assert.True(ids.MaySetGroup(Linux.Accounts.Groups()[0]));
    }
}
