using System.Text.RegularExpressions;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Parsing;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

public sealed class DocumentationTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs/rules.md"));

    public static TheoryData<string> Examples =>
        [.. Regex.Matches(Text, "```rules\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_a_good_rule_file(string example)
    {
        var file = RuleFile.Parse(example);
        Assert.Empty(file.Diagnostics);
        Assert.NotEmpty(file.Rules.Rules);
    }

    [Fact]
    public void The_rules_of_2001_stand_in_it_word_for_word()
    {
        Assert.Contains(Rules2001.Replication.TrimEnd(), Text, StringComparison.Ordinal);
        Assert.Contains(Rules2001.HotFolder.TrimEnd(), Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_word_of_the_language_is_documented()
    {
        IEnumerable<string> words =
        [
            .. OperationNames.Single.Select(o => o.ToString()), .. SettingsParser.Names, .. ActionParser.Keywords,
            .. SubstitutionText.All.Select(s => s.Spell()), .. SubstitutionText.All.Select(s => s.Variable()),
        ];
        Assert.All(words, word => Assert.Contains($"`{word}", Text.Replace("\"", "`", StringComparison.Ordinal), StringComparison.Ordinal));
    }
}
