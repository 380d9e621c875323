using System.CommandLine;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Parsing;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>-c FILE</c>, the same for every verb that reads rules.</summary>
internal static class RuleFileOption
{
    public const string DefaultPath = "/etc/changedfiles/changedfiles.conf";

    public static Option<string> Create() => new("--config", "-c")
    {
        Description = "The rule file.",
        DefaultValueFactory = _ => DefaultPath,
        HelpName = "FILE",
    };

    /// <summary>Reads the file; when that fails, says why and returns null.</summary>
    public static RuleFile? Load(string path, TextWriter error)
    {
        try
        {
            return RuleFile.Load(path, RuleRsync.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"changedfiles: cannot read the rule file {path}: {e.Message}");
            if (path == DefaultPath)
                error.WriteLine("changedfiles: name another with -c FILE");
            return null;
        }
    }

    /// <summary>Everything that is wrong, errors first.</summary>
    public static void Print(RuleFile file, TextWriter to)
    {
        foreach (var diagnostic in file.Diagnostics.OrderBy(d => d.Severity != Severity.Error).ThenBy(d => d.File).ThenBy(d => d.Line))
            to.WriteLine(diagnostic);
    }
}
