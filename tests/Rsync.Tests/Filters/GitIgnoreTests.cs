using System.Diagnostics;
using System.Text;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Filters;

/// <summary>.gitignore files; <c>git check-ignore</c> is the judge.</summary>
public sealed class GitIgnoreTests
{
    private static readonly string[] Names = ["a", "b", "ab", "foo", "foo.o", "x y", "#h", "!n", "c "];

    private static readonly string[] Pieces =
        ["a", "b", "foo", ".o", "*", "**", "***", "?", "[ab]", "[!a]", "[^b]", "[[:alpha:]]", "\\*", "\\a", "\\", "[", " ", "\\ ", "#h", "!n", "x y"];

    [Theory]
    [InlineData("foo", "a line is a name at any depth", "foo", "d/foo", "d/foo.o")]
    [InlineData("/foo", "a slash anchors", "foo", "d/foo")]
    [InlineData("d/foo", "so does one in the middle", "d/foo", "e/d/foo")]
    [InlineData("foo/", "a slash at the end is for directories", "foo/a", "d/foo")]
    [InlineData("*\n!foo", "the last line that matches decides", "foo", "b")]
    [InlineData("d/\n!d/foo", "nothing comes back out of an ignored directory", "d/foo")]
    [InlineData("d/*\n!d/foo", "but out of one whose contents are ignored", "d/foo", "d/b")]
    [InlineData("**/foo", "two stars in front", "foo", "d/foo", "d/e/foo", "dfoo")]
    [InlineData("d/**", "two stars at the end", "d/foo", "d/e/foo", "d2")]
    [InlineData("d/**/foo", "two stars between", "d/foo", "d/e/foo", "d/e/f/foo", "foo")]
    [InlineData("d**foo", "two stars within a name are one", "dfoo", "d/foo", "dxfoo")]
    [InlineData("**\\/foo", "an escaped slash has to be there", "foo", "d/foo", "d/e/foo")]
    [InlineData("/d**/foo", "after plain text they are two", "dfoo", "d/foo", "dx/foo", "dx/e/foo", "dxfoo")]
    [InlineData("\\#h\n\\!n\n# no\n#h2", "escapes and comments", "#h", "!n", "#h2", " no")]
    [InlineData("c   \nd\\ ", "blanks at the end", "c", "c ", "d", "d ")]
    [InlineData("a\r\nb\r\n\r\n", "lines with carriage returns", "a", "b", "c")]
    public void Ignores_what_git_ignores(string lines, string about, params string[] files)
    {
        Assert.NotEmpty(about);
        using var tree = new FilterJudge().With(files).With(".gitignore=" + lines);
        Assert.Equal(GitIgnores(tree), WeIgnore(tree));
    }

    [Fact]
    public void Random_files_ignore_what_git_ignores()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("FILTER_SEED"), out var wanted) ? wanted : Random.Shared.Next();
        var cases = int.TryParse(Environment.GetEnvironmentVariable("FILTER_CASES"), out var more) ? more : 25;
        for (var seed = first; seed < first + cases; seed++)
        {
            var random = new Random(seed);
            using var tree = new FilterJudge();
            MakeTree(tree, random, "", 0);
            var git = GitIgnores(tree);
            var ours = WeIgnore(tree);
            if (!ours.SequenceEqual(git))
                Assert.Fail($"FILTER_SEED={seed}\nonly we: {string.Join(", ", ours.Except(git))}\nonly git: {string.Join(", ", git.Except(ours))}");
        }
    }

    private static void MakeTree(FilterJudge tree, Random random, string directory, int depth)
    {
        foreach (var name in Names)
        {
            switch (random.Next(depth + 3))
            {
                case 0:
                    tree.With(directory + name);
                    break;
                case 1 when depth < 3:
                    tree.With(directory + name + "/");
                    MakeTree(tree, random, directory + name + "/", depth + 1);
                    break;
                default:
                    break;
            }
        }
        if (depth == 0 || random.Next(3) == 0)
            tree.With($"{directory}.gitignore={string.Join('\n', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Line(random)))}\n");
    }

    private static string Line(Random random)
    {
        var line = (random.Next(4) == 0 ? "!" : "") + (random.Next(4) == 0 ? "/" : "");
        for (var components = random.Next(1, 4); components > 0; components--)
        {
            for (var pieces = random.Next(1, 3); pieces > 0; pieces--)
                line += random.Next(2) == 0 ? Names[random.Next(Names.Length)] : Pieces[random.Next(Pieces.Length)];
            line += components > 1 || random.Next(5) == 0 ? "/" : "";
        }
        return line;
    }

    private static List<string> WeIgnore(FilterJudge tree)
    {
        var lookup = new FilterLookup(tree.Open(new FilterRulesBuilder { GitIgnore = true }.Build(), FilterSide.Sender));
        return [.. Paths(tree).Where(path => lookup.CheckAlong(TreePath.Parse(path), Directory.Exists(Path.Combine(tree.Tree, path))).IsExcluded)];
    }

    private static List<string> GitIgnores(FilterJudge tree)
    {
        Command.Check("git", "init", "-q", tree.Tree);
        var start = new ProcessStartInfo("git", ["-c", "core.excludesFile=/dev/null", "-C", tree.Tree, "check-ignore", "--no-index", "-z", "--stdin"]);
        var git = Command.Run(start, Encoding.UTF8.GetBytes(string.Concat(Paths(tree).Select(path => path + "\0"))));
        Assert.True(git.ExitCode is 0 or 1, git.ToString());
        return [.. git.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static IEnumerable<string> Paths(FilterJudge tree) =>
        from entry in new DirectoryInfo(tree.Tree).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(tree.Tree, entry.FullName)
        where path != ".git" && !path.StartsWith(".git/", StringComparison.Ordinal)
        orderby path
        select path;
}
