using System.Text;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Filters;

public sealed class FilterRulesTests
{
    [Theory]
    [InlineData("- *.o", "- *.o")]
    [InlineData("exclude *.o", "- *.o")]
    [InlineData("+,p_a b/", "+p a b/")]
    [InlineData("include,! */", "+! */")]
    [InlineData("hide x", "-s x")]
    [InlineData("S x", "+s x")]
    [InlineData("protect x", "-r x")]
    [InlineData("R x", "+r x")]
    [InlineData("-/prs! a", "-/!srp a")]
    [InlineData(":wn+ .f", ":nw+ .f")]
    [InlineData("dir-merge,e- .f", "- .f|:- .f")]
    [InlineData(":C", ":C .cvsignore")]
    [InlineData("-x user.*", "-x user.*")]
    [InlineData("-  two blanks", "-  two blanks")]
    public void A_rule_is_read_in_every_spelling(string rule, string read) =>
        Assert.Equal(read, string.Join('|', new FilterRulesBuilder().AddFilter(rule).Build().Rules));

    [Theory]
    [InlineData("zap foo", "Unknown filter rule")]
    [InlineData("-q foo", "'q' at position 1")]
    [InlineData("Hs foo", "'s' at position 1")]
    [InlineData("-n foo", "'n' at position 1")]
    [InlineData(":! .f", "'!' at position 1")]
    [InlineData(":-+ .f", "'+' at position 2")]
    [InlineData("H,C", "'C' at position 2")]
    [InlineData("-", "unexpected end")]
    [InlineData("merge", "unexpected end")]
    [InlineData("!foo", "trailing characters")]
    [InlineData(". /does/not/exist", "failed to open exclude file")]
    public void A_wrong_rule_is_refused_with_the_reason(string rule, string reason)
    {
        var error = Assert.Throws<FilterException>(() => new FilterRulesBuilder().AddFilter(rule));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(rule.Split(' ')[^1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_options_take_bare_patterns_and_only_three_prefixes()
    {
        var rules = new FilterRulesBuilder().AddExclude("-x").AddExclude("+ y").AddInclude("- z").AddInclude("!w").AddExclude("").Build();
        Assert.Equal("- -x|+ y|- z|+ !w", string.Join('|', rules.Rules));
        Assert.True(new FilterRulesBuilder().AddExclude("a").AddExclude("!").Build().IsEmpty);
    }

    [Fact]
    public void Files_of_rules_have_comments_and_name_their_lines()
    {
        var builder = new FilterRulesBuilder { ReadFile = _ => "# no\n;no\r\na\n\n+ b\n- c#d\n"u8.ToArray() };
        Assert.Equal("- a (list line 3)|+ b (list line 5)|- c#d (list line 6)", string.Join('|', builder.AddExcludeFrom("list").Build().Rules));
    }

    [Fact]
    public void With_from0_a_file_may_hold_newlines_in_its_patterns()
    {
        var builder = new FilterRulesBuilder(nulDelimited: true) { ReadFile = _ => "a\nb\0+ c\0"u8.ToArray() };
        Assert.Equal(["- a\nb", "+ c"], builder.AddExcludeFrom("list").Build().Rules.Select(rule => Encoding.UTF8.GetString(rule.ToBytes())));
    }

    [Fact]
    public void A_merge_file_hands_its_modifiers_down()
    {
        var builder = new FilterRulesBuilder { ReadFile = _ => "a\n/b/\n"u8.ToArray() };
        Assert.Equal("+/p a (f line 1)|+/p /b/ (f line 2)", string.Join('|', builder.AddFilter("merge,+/p f").Build().Rules));
    }

    [Fact]
    public void A_merge_file_that_names_a_side_forbids_its_rules_to()
    {
        var builder = new FilterRulesBuilder { ReadFile = _ => "P secret\n"u8.ToArray() };
        var error = Assert.Throws<FilterException>(() => builder.AddFilter(".s f"));
        Assert.Contains("f line 1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_merge_file_that_merges_itself_is_refused() =>
        Assert.Throws<FilterException>(() => new FilterRulesBuilder { ReadFile = _ => ". f\n"u8.ToArray() }.AddFilter(". f"));

    [Fact]
    public void The_shorthand_means_one_thing_once_and_another_twice() =>
        Assert.Equal(": /.rsync-filter|- .rsync-filter", string.Join('|', new FilterRulesBuilder().AddShorthand().AddShorthand().AddShorthand().Build().Rules));

    [Fact]
    public void The_first_match_decides_and_can_be_explained()
    {
        var scope = new FilterRulesBuilder().AddFilter("+ a/keep").AddFilter("- keep").Build().Open(FilterSide.Sender);
        Assert.Equal("included by + a/keep", scope.Check(TreePath.Parse("a/keep"), false).ToString());
        Assert.Equal("excluded by - keep", scope.Check(TreePath.Parse("keep"), false).ToString());
        Assert.Equal("included: no rule matches", scope.Check(TreePath.Parse("other"), false).ToString());
        Assert.Equal("excluded by - keep", new FilterLookup(scope).CheckAlong(TreePath.Parse("keep/x/y"), false).ToString());
    }

    [Fact]
    public void Many_names_are_looked_up_and_order_still_decides()
    {
        var builder = new FilterRulesBuilder().AddExclude("[x]");
        for (var i = 0; i < 1000; i++)
            builder.AddExclude($"/dir/name{i}").AddInclude($"name{i}");
        var scope = builder.AddExclude("name*").Build().Open(FilterSide.Sender);
        Assert.True(scope.Check("dir/name7"u8, false).IsExcluded);
        Assert.True(scope.Check("other/name7"u8, false).IsIncluded);
        Assert.True(scope.Check("other/name1007"u8, false).IsExcluded);
        Assert.True(scope.Check("x"u8, false).IsExcluded);
    }

    [Fact]
    public void Sides_see_their_own_rules()
    {
        var rules = new FilterRulesBuilder().AddFilter("H h").AddFilter("P p").AddFilter("- both").Build();
        Assert.Equal((true, false, true), Excluded(rules, FilterSide.Sender));
        Assert.Equal((false, true, true), Excluded(rules, FilterSide.Receiver));
        var deleting = new FilterRulesBuilder { DeleteExcluded = true }.AddFilter("- both").AddFilter("-sr p").Build();
        Assert.Equal((false, true, true), Excluded(deleting, FilterSide.Sender));
        Assert.Equal((false, true, false), Excluded(deleting, FilterSide.Receiver));

        static (bool, bool, bool) Excluded(FilterRules rules, FilterSide side)
        {
            var scope = rules.Open(side);
            return (scope.Check("h"u8, false).IsExcluded, scope.Check("p"u8, false).IsExcluded, scope.Check("both"u8, false).IsExcluded);
        }
    }

    [Fact]
    public void Attribute_rules_are_about_attributes_alone()
    {
        var rules = new FilterRulesBuilder().AddFilter("-x user.secret*").AddFilter("- name").Build();
        var scope = rules.Open(FilterSide.Sender);
        Assert.True(rules.HasXattrRules);
        Assert.True(scope.CheckXattr("user.secret1"u8).IsExcluded);
        Assert.True(scope.CheckXattr("name"u8).IsIncluded);
        Assert.True(scope.Check("user.secret1"u8, false).IsIncluded);
    }

    [Fact]
    public void Cvs_rules_come_last_with_the_users_own()
    {
        var builder = new FilterRulesBuilder { CvsExclude = true, Environment = name => name == "CVSIGNORE" ? "mine also" : null };
        var rules = builder.AddInclude("core").Build();
        var scope = rules.Open(FilterSide.Sender);
        Assert.True(scope.Check("core"u8, false).IsIncluded);
        Assert.All([".git", "x.o", "x~", "mine", "also"], name => Assert.True(scope.Check(Encoding.UTF8.GetBytes(name), true).IsExcluded));
        Assert.True(scope.Check(".git"u8, isDirectory: false).IsIncluded);
        Assert.True(scope.Check("x.o"u8, false, ignorePerishable: true).IsIncluded);
        Assert.True(scope.Check("mine"u8, false, ignorePerishable: true).IsExcluded);
    }

    [Fact]
    public void What_cvs_ignores_goes_with_delete_excluded_but_stays_at_a_client_that_receives()
    {
        var builder = new FilterRulesBuilder { CvsExclude = true, DeleteExcluded = true, Environment = _ => null };
        var rules = builder.AddExclude("mine").Build();
        Assert.True(rules.Open(FilterSide.Receiver).Check("x.o"u8, false).IsIncluded);
        var scope = rules.OfReceivingClient().Open(FilterSide.Receiver);
        Assert.True(scope.Check("x.o"u8, false).IsExcluded);
        Assert.True(scope.Check("mine"u8, false).IsIncluded);
        var told = builder.AddFilter("-C").Build().OfReceivingClient();
        Assert.True(told.Open(FilterSide.Receiver).Check("x.o"u8, false).IsIncluded);
    }

    [Fact]
    public void A_daemons_rules_hold_for_the_whole_module()
    {
        var rules = new FilterRulesBuilder(forDaemon: true).AddIncludeWords("/pub/x").AddExcludeWords("/pub/ secret *.key").AddFilterWords("- a/b +_c").Build();
        var scope = rules.Open(FilterSide.Sender, new FilterTree { Root = TreePath.Parse("pub") });
        Assert.True(scope.Check("x"u8, false).IsIncluded);
        Assert.True(scope.Check("y"u8, false).IsExcluded);
        Assert.Equal("+/ /pub/x|-/ /pub/***|- secret|- *.key|-/ a/b|+ c", string.Join('|', rules.Rules));
    }

    [Fact]
    public void A_client_sends_what_concerns_the_server()
    {
        var rules = new FilterRulesBuilder { Environment = _ => null, CvsExclude = true }
            .AddFilter("- a/").AddFilter("H h").AddFilter("P p").AddFilter(":es .f").AddFilter(": /.g").Build();
        var pull = Wire(rules, FilterSide.Receiver);
        Assert.Equal("- a/|-s h|- .f|:s .f|: /.g", pull);
        var push = Wire(rules, FilterSide.Sender);
        Assert.StartsWith("- a/|-r p|- .f|: /.g|:C .cvsignore|-p RCS|-p SCCS|", push, StringComparison.Ordinal);
        Assert.EndsWith("|-p .bzr/", push, StringComparison.Ordinal);
        Assert.Equal("-C ", Wire(new FilterRulesBuilder { Environment = _ => null }.AddFilter("-C").Build(), FilterSide.Receiver));
        var deleting = new FilterRulesBuilder { DeleteExcluded = true }.AddFilter("- a").AddFilter("-sr b").AddFilter(":- .f").AddFilter(": .g").Build();
        Assert.Equal("-sr b|: .g", Wire(deleting, FilterSide.Sender));
    }

    [Fact]
    public void What_a_client_sends_is_read_back_the_same()
    {
        var rules = new FilterRulesBuilder().AddFilter("-/!p a b/").AddFilter(":nw- .f").AddFilter("+ **/x").Build();
        var received = new FilterRulesBuilder();
        foreach (var rule in rules.ToWire(FilterSide.Receiver))
            received.AddReceived(rule);
        Assert.Equal(rules.Rules.Select(rule => rule.ToString()), received.Build().Rules.Select(rule => rule.ToString()));
    }

    [Fact]
    public void A_peer_may_not_send_too_much_or_merge_our_files()
    {
        Assert.Throws<FilterException>(() => new FilterRulesBuilder().AddReceived(default));
        Assert.Throws<FilterException>(() => new FilterRulesBuilder().AddReceived(new byte[FilterRule.MaxWireLength + 1]));
        Assert.Throws<FilterException>(() => new FilterRulesBuilder().AddReceived(". /etc/passwd"u8));
    }

    private static string Wire(FilterRules rules, FilterSide client) => string.Join('|', rules.ToWire(client).Select(rule => Encoding.UTF8.GetString(rule)));
}
