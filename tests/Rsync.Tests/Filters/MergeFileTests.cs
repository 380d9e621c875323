using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Filters;

/// <summary>Per-directory merge files, on real trees; what stock rsync makes of the same is asked each time.</summary>
public sealed class MergeFileTests
{
    [Theory]
    [InlineData(": .f", "the nearest file decides", "a", "b/a", "b/c/a", "b/c/d", ".f=- a\n- d", "b/.f=+ a", "b/c/.f=- e")]
    [InlineData(":n .f", "not inherited", "a", "b/a", ".f=- a")]
    [InlineData(": .f", "a clearing rule", "a", "b/a", ".f=- a", "b/.f=!")]
    [InlineData(": .f", "anchored at the file", "b/a", "b/c/a", "b/.f=- /a")]
    [InlineData(": .f", "unanchored with slash", "b/c/a", "x/b/c/a", "b/.f=- c/a", "x/b/.f=- b/c/a")]
    [InlineData(":- .f", "patterns only", "- a", "b", ".f=- a\nb\n+ c", "c")]
    [InlineData(":w .f", "words", "a", "b", ".f=-_a\t+_b\n-_*")]
    [InlineData(":C", "cvs words", "a", "b", "d/a", ".cvsignore=a  b\n")]
    [InlineData(":C", "cvs clears", "a", "b", ".cvsignore=a ! b")]
    [InlineData(": .f", "nested per-directory file", "d/a", "d/e/a", "d/.f=: .g\n- b", "d/e/.g=- a", "d/e/b", "d/.g=- z", "d/z")]
    [InlineData(": .f", "merged from the top", "d/a", "d/b", "d/.f=. .g", ".g=- a", "d/.g=- b")]
    [InlineData(": .f", "merged from beside", "d/a", "d/b", "d/.f=. ./.g", ".g=- a", "d/.g=- b")]
    [InlineData(": .f", "merged from above", "d/a", "d/b", "d/.f=. ../.g", ".g=- a")]
    [InlineData(": .f", "double mention", "d/a", "d/b", "d/.f=: sub/.f\n- a", "d/sub/a")]
    [InlineData(":x- .f", "x is not handed down", "a", ".f=a")]
    [InlineData(":/ .f", "absolute", "tree/a", "a", ".f=- tree/a\n- /a")]
    [InlineData(": .f", "unknown rule", "a", ".f=zap")]
    [InlineData(":s .f", "side twice", "a", ".f=H a")]
    [InlineData(": .f", "missing merged file", "a", ".f=. nothing")]
    public void A_merge_file_hides_what_rsync_hides(string rule, string about, params string[] files)
    {
        Assert.NotEmpty(about);
        using var judge = new FilterJudge().With(files);
        Assert.Equal(judge.RsyncSends("--filter=" + rule), judge.WeSend(new FilterRulesBuilder().AddFilter(rule).Build()));
    }

    [Fact]
    public void Merge_files_above_the_transfer_are_read_from_where_the_rule_says()
    {
        using var judge = new FilterJudge().With("in/.f=- c", "in/a", "in/b", "in/c", "in/in/a", "in/d/b");
        File.WriteAllText(Path.Combine(judge.Tree, "../.f"), "- /tree/in/a\n- b\n");
        foreach (var rule in (string[])[": /.f", ": ../.f", ": .f", ": ./.f", ": /elsewhere/.f"])
            Assert.Equal(judge.RsyncSends("--filter=" + rule), judge.WeSend(new FilterRulesBuilder().AddFilter(rule).Build()));
    }

    [Fact]
    public void A_merge_file_outside_the_tree_is_never_read()
    {
        using var judge = new FilterJudge().With("a", ".f=. ../outside");
        File.WriteAllText(Path.Combine(judge.Tree, "../outside"), "- a\n");
        var error = Assert.Throws<FilterException>(() => judge.Open(new FilterRulesBuilder().AddFilter(": .f").Build(), FilterSide.Sender).Enter(TreePath.Root));
        Assert.Contains("outside the tree", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_merge_file_may_be_a_link_and_only_an_own_one_out_of_the_tree()
    {
        using var judge = new FilterJudge().With("a", "b", "c", "rules=- a\n");
        var outside = Path.GetFullPath(Path.Combine(judge.Tree, "../outside"));
        File.WriteAllText(outside, "- b\n");
        File.CreateSymbolicLink(Path.Combine(judge.Tree, ".f"), "rules");
        File.CreateSymbolicLink(Path.Combine(judge.Tree, ".g"), "../outside");
        File.CreateSymbolicLink(Path.Combine(judge.Tree, ".h"), outside);
        var rules = new FilterRulesBuilder().AddFilter(": .f").AddFilter(": .g").AddFilter(": .h").Build();
        Assert.Equal([".f", ".g", ".h", "c", "rules"], judge.WeSend(rules, warning => Assert.Fail(warning)));
        Privileges.NeedsRoot();
        Assert.Equal(0, Command.Run("chown", "-h", "65534", Path.Combine(judge.Tree, ".g"), Path.Combine(judge.Tree, ".h")).ExitCode);
        var warnings = new List<string>();
        Assert.Equal([".f", ".g", ".h", "b", "c", "rules"], judge.WeSend(rules, warnings.Add));
        Assert.Equal(2, warnings.Count);
    }

    [Fact]
    public void Scopes_without_merge_files_are_shared()
    {
        using var judge = new FilterJudge().With("a/b/c");
        var top = judge.Open(new FilterRulesBuilder().AddFilter(": .f").Build(), FilterSide.Sender).Enter(TreePath.Root);
        Assert.Same(top, top.Enter(TreePath.Parse("a")));
    }
}
