using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChangedFiles.Engine.Monitoring;

namespace ChangedFiles.Cli.Commands;

/// <summary>Where a daemon of a rule file leaves its number while it runs, and what it could not do.</summary>
internal static class RuleState
{
    /// <summary>The dead-letter file unless another is named.</summary>
    public static string DeadLetters => Path.Combine(StateDirectory(), "dead-letters");

    /// <summary>Notes that this process runs a rule file, until it is disposed; null when another one does.</summary>
    public static IDisposable? TryClaim(string rules)
    {
        Directory.CreateDirectory(ControlDirectory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (TryLock(rules) is not { } claim)
            return null;
        File.WriteAllText(NameOf(rules) + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return claim;
    }

    /// <summary>The process that runs a rule file; null when none does.</summary>
    public static int? Running(string rules)
    {
        if (!File.Exists(NameOf(rules) + ".pid"))
            return null;
        using var unused = TryLock(rules);
        return unused is null && int.TryParse(File.ReadAllText(NameOf(rules) + ".pid"), CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // The lock is what counts: it goes with the process, however that ends.
    private static FileStream? TryLock(string rules)
    {
        try
        {
            return new FileStream(NameOf(rules) + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string NameOf(string rules)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(rules))))[..16];
        return Path.Combine(ControlDirectory.Path, $"rules-{hash}");
    }

    private static string StateDirectory() =>
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } directory ? Path.Combine(directory, "changedfiles")
        : Environment.IsPrivilegedProcess ? "/var/lib/changedfiles"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/state/changedfiles");
}
