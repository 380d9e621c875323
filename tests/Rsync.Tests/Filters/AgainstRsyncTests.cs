using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Filters;

/// <summary>
/// Random rules on random trees: stock rsync is the judge. FILTER_SEED repeats a failed case, FILTER_CASES=1000 looks longer.
/// </summary>
public sealed class AgainstRsyncTests
{
    private const int Cases = 25;

    private static readonly string[] Names = ["a", "b", "ab", "abc", "a.o", "b.c", "foo", "foo.o", "x y", "[z]", "q*", "-d", "#h", "a\\b"];

    private static readonly string[] Pieces =
        ["a", "b", "ab", "foo", ".o", "*", "**", "***", "?", "[ab]", "[!a]", "[a-c]", "[[:alpha:]]", "[[:punct:]]", "[]z]", "\\*", "\\", "[", "x y"];

    [Fact]
    public void Random_rules_hide_what_rsync_hides() => Compare((judge, rules, options) => (judge.WeSend(rules), judge.RsyncSends(options)));

    [Fact]
    public void Random_rules_protect_what_rsync_protects() =>
        Compare((judge, rules, options) => (judge.WeDelete(rules), judge.RsyncDeletes(options)));

    private static void Compare(Func<FilterJudge, FilterRules, string[], (List<string> Ours, List<string> Rsyncs)> run)
    {
        var cases = Cases;
        var first = int.TryParse(Environment.GetEnvironmentVariable("FILTER_SEED"), out var wanted) ? wanted : Random.Shared.Next();
        if (Environment.GetEnvironmentVariable("FILTER_CASES") is { } more)
            cases = int.Parse(more, System.Globalization.CultureInfo.InvariantCulture);
        for (var seed = first; seed < first + cases; seed++)
        {
            var random = new Random(seed);
            using var judge = new FilterJudge();
            MakeTree(judge, random, "", 0);
            judge.With("never-empty");
            var options = new List<string>();
            var builder = new FilterRulesBuilder { DeleteExcluded = random.Next(6) == 0, Environment = _ => null };
            for (var i = random.Next(1, 7); i > 0; i--)
                AddRule(builder, options, random);
            if (builder.DeleteExcluded)
                options.Add("--delete-excluded");
            if (random.Next(5) == 0)
            {
                builder.CvsExclude = true;
                options.Add("-C");
            }
            var (ours, rsyncs) = run(judge, builder.Build(), [.. options]);
            if (!ours.SequenceEqual(rsyncs))
                Assert.Fail($"FILTER_SEED={seed} rsync {string.Join(' ', options.Select(option => $"'{option}'"))}\n"
                    + $"only we: {string.Join(", ", ours.Except(rsyncs))}\nonly rsync: {string.Join(", ", rsyncs.Except(ours))}");
        }
    }

    private static void AddRule(FilterRulesBuilder builder, List<string> options, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                var exclude = Pattern(random);
                builder.AddExclude(exclude);
                options.Add("--exclude=" + exclude);
                break;
            case 1:
                var include = Pattern(random);
                builder.AddInclude(include);
                options.Add("--include=" + include);
                break;
            case 2:
                builder.AddShorthand();
                options.Add("-F");
                break;
            case 3 or 4:
                string[] merges = [": .f", ":n .f", ":- .g", ":e- .g", ":C", ":w+ .h", ":s- .h", ":p- .h", ":-/ .g", ": /.f", ": ../.f", ":- /.g"];
                var merge = merges[random.Next(merges.Length)];
                builder.AddFilter(merge);
                options.Add("--filter=" + merge);
                break;
            default:
                var rule = Rule(random);
                builder.AddFilter(rule);
                options.Add("--filter=" + rule);
                break;
        }
    }

    private static string Rule(Random random)
    {
        string[] ops = ["-", "-", "-", "+", "H", "S", "P", "R", "exclude", "include", "hide", "protect"];
        var op = ops[random.Next(ops.Length)];
        var modifiers = "";
        foreach (var letter in op is "-" or "+" ? "/!srp" : "/!p")
        {
            if (random.Next(7) == 0)
                modifiers += letter;
        }
        return $"{op}{(op.Length > 1 && modifiers != "" ? "," : "")}{modifiers} {Pattern(random)}";
    }

    private static string Pattern(Random random)
    {
        var pattern = random.Next(4) == 0 ? "/" : "";
        for (var components = random.Next(1, 4); components > 0; components--)
        {
            if (random.Next(2) == 0)
                pattern += Names[random.Next(Names.Length)];
            else
                for (var pieces = random.Next(1, 4); pieces > 0; pieces--)
                    pattern += Pieces[random.Next(Pieces.Length)];
            if (components > 1)
                pattern += "/";
        }
        return pattern + (random.Next(5) == 0 ? "/" : "");
    }

    private static void MakeTree(FilterJudge judge, Random random, string directory, int depth)
    {
        foreach (var name in Names)
        {
            var path = directory + name;
            switch (random.Next(depth + 4))
            {
                case 0:
                    judge.With(path);
                    break;
                // rsync takes wildcards in the name of a directory for wildcards of the rules in its merge file.
                case 1 when depth < 3 && name.IndexOfAny(['*', '[', '\\']) < 0:
                    judge.With(path + "/");
                    MakeTree(judge, random, path + "/", depth + 1);
                    break;
                default:
                    break;
            }
        }
        foreach (var merge in (string[])[".f", ".g", ".h", ".cvsignore", ".rsync-filter"])
        {
            if (random.Next(4) == 0)
                judge.With($"{directory}{merge}={MergeFile(random, merge)}");
        }
    }

    private static string MergeFile(Random random, string name)
    {
        var lines = new List<string> { "# a comment" };
        for (var i = random.Next(1, 4); i > 0; i--)
            lines.Add(name is ".f" or ".rsync-filter" ? (random.Next(8) == 0 ? "!" : Rule(random)) : Pattern(random));
        return string.Join(random.Next(4) == 0 ? "\r\n" : "\n", lines) + "\n";
    }
}
