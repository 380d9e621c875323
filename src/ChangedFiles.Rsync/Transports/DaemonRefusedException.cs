using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Transports;

/// <summary>Why a daemon sent a client away.</summary>
internal enum DaemonRefusal
{
    /// <summary>Another reason; the text tells.</summary>
    Other,
    UnknownModule,
    AccessDenied,
    AuthenticationFailed,
    /// <summary>All connections of the module are in use: try again later.</summary>
    TooManyConnections,
}

/// <summary>The daemon answered with <c>@ERROR</c> (docs/protocol.md 1.6).</summary>
internal sealed class DaemonRefusedException(DaemonRefusal refusal, string message)
    : RsyncException(ExitCode.StartClientServer, SessionStage.Setup, message)
{
    /// <summary>The kind of reason.</summary>
    public DaemonRefusal Refusal { get; } = refusal;

    /// <summary>True when waiting may help and nobody has to change anything.</summary>
    public bool IsTemporary => Refusal == DaemonRefusal.TooManyConnections;

    /// <summary>The daemon's own line, as it came.</summary>
    public string Line { get; private init; } = "";

    internal static DaemonRefusedException From(DaemonAddress address, string text)
    {
        var refusal = text switch
        {
            _ when text.StartsWith("Unknown module", StringComparison.Ordinal) => DaemonRefusal.UnknownModule,
            _ when text.StartsWith("access denied", StringComparison.Ordinal) => DaemonRefusal.AccessDenied,
            _ when text.StartsWith("auth failed", StringComparison.Ordinal) => DaemonRefusal.AuthenticationFailed,
            _ when text.StartsWith("max connections", StringComparison.Ordinal) => DaemonRefusal.TooManyConnections,
            _ => DaemonRefusal.Other,
        };
        var advice = refusal switch
        {
            DaemonRefusal.UnknownModule => $" (\"rsync rsync://{address.Host}:{address.Port}/\" lists the modules there are)",
            DaemonRefusal.AuthenticationFailed => $" (user \"{address.EffectiveUser}\"; check the password file or RSYNC_PASSWORD)",
            DaemonRefusal.TooManyConnections => " (its \"max connections\" is reached)",
            _ => "",
        };
        return new DaemonRefusedException(refusal, $"{address}: the daemon refuses: {TreePath.Printable(ArgumentText.Encode(text))}{advice}") { FromPeer = true, Line = $"@ERROR: {text}" };
    }
}
