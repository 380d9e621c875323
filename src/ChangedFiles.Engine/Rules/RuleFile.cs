using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Parsing;

namespace ChangedFiles.Engine.Rules;

/// <summary>A rule file that was read: its rules, and everything there is to say about it.</summary>
public sealed record RuleFile(RuleSet Rules, IReadOnlyList<RuleDiagnostic> Diagnostics)
{
    /// <summary>True when no error was found; only then may the rules be put to work.</summary>
    public bool IsGood => Diagnostics.All(d => d.Severity != Severity.Error);

    public IEnumerable<RuleDiagnostic> Errors => Diagnostics.Where(d => d.Severity == Severity.Error);

    public IEnumerable<RuleDiagnostic> Warnings => Diagnostics.Where(d => d.Severity == Severity.Warning);

    /// <summary>Reads a file and what it includes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rsync">Says which rsync commands can run inside this process; without it none does.</param>
    /// <exception cref="IOException">The file itself cannot be read.</exception>
    public static RuleFile Load(string path, RsyncReader? rsync = null)
    {
        var parser = new RuleParser(rsync);
        parser.ParseFile(path);
        return parser.Finish();
    }

    /// <summary>Reads rules from text; <paramref name="name"/> stands in messages, and INCLUDE is relative to its directory.</summary>
    public static RuleFile Parse(string text, string name = "rules", RsyncReader? rsync = null)
    {
        var parser = new RuleParser(rsync);
        parser.ParseText(name, text);
        return parser.Finish();
    }
}
