using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync;

/// <summary>In which stage of a session something went wrong.</summary>
public enum SessionStage
{
    /// <summary>Finding and reaching the peer.</summary>
    Connect,
    /// <summary>Greeting, module, authentication, arguments, negotiation (docs/protocol.md 1, 2).</summary>
    Setup,
    /// <summary>Filters and file lists (5, 6).</summary>
    FileList,
    /// <summary>Requests, data, phases (7).</summary>
    Transfer,
    /// <summary>Statistics and goodbye (7.8, 7.9).</summary>
    Finish,
}

/// <summary>
/// A session ended before its time. The message says what happened and what to do, without a stack trace's help;
/// <see cref="ExitCode"/> is what rsync would exit with.
/// </summary>
public class RsyncException(ExitCode exitCode, SessionStage stage, string message, Exception? cause = null)
    : IOException(message, cause)
{
    /// <summary>rsync's code for it.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>How far the session had come.</summary>
    public SessionStage Stage { get; } = stage;

    /// <summary>Which part of a session noticed it, where that is not clear from who asks; null where it is.</summary>
    public string? Who { get; init; }

    /// <summary>True when the peer said so itself (its text is in the message), false when this side noticed.</summary>
    public bool FromPeer { get; init; }
}
