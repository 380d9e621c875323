using System.Globalization;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Transports;

/// <summary>A daemon's first line: <c>@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4</c> (docs/protocol.md 1.6).</summary>
/// <param name="Protocol">What the daemon speaks, one less for an unreleased version.</param>
/// <param name="Digests">For authentication, in the daemon's order; empty when it sent none.</param>
internal sealed record DaemonGreeting(int Protocol, IReadOnlyList<string> Digests)
{
    private const string Prefix = "@RSYNCD: ";

    public static DaemonGreeting Parse(string line)
    {
        if (line.StartsWith("@ERROR", StringComparison.Ordinal))
            throw new RsyncException(ExitCode.StartClientServer, SessionStage.Setup, $"the daemon refuses: {line}") { FromPeer = true };
        var words = line.StartsWith(Prefix, StringComparison.Ordinal) ? line[Prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        var version = words.Length == 0 ? [] : words[0].Split('.');
        if (version.Length is < 1 or > 2
            || !int.TryParse(version[0], NumberStyles.None, CultureInfo.InvariantCulture, out var protocol)
            || !int.TryParse(version.Length == 2 ? version[1] : "0", NumberStyles.None, CultureInfo.InvariantCulture, out var sub))
            throw new RsyncException(ExitCode.StartClientServer, SessionStage.Setup, $"this is not an rsync daemon: it greets with \"{line}\"");
        return new DaemonGreeting(sub == 0 ? protocol : protocol - 1, words[1..]);
    }
}
