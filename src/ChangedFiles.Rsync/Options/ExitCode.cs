namespace ChangedFiles.Rsync.Options;

/// <summary>How a run ended, as rsync tells its caller (docs/protocol.md 11.1).</summary>
public enum ExitCode
{
    /// <summary>Everything was done.</summary>
    Success = 0,

    /// <summary>The command line cannot be understood.</summary>
    SyntaxOrUsage = 1,

    /// <summary>The two sides have no protocol in common.</summary>
    ProtocolIncompatibility = 2,

    /// <summary>A source or destination is not what it has to be.</summary>
    FileSelection = 3,

    /// <summary>Something was asked for that this build, this side or this module does not do.</summary>
    Unsupported = 4,

    /// <summary>The dialogue with a daemon failed before the transfer began.</summary>
    StartClientServer = 5,

    /// <summary>The connection could not be made or broke.</summary>
    SocketIO = 10,

    /// <summary>A local file could not be read or written.</summary>
    FileIO = 11,

    /// <summary>The peer broke the protocol, or was gone without a goodbye.</summary>
    ProtocolStream = 12,

    /// <summary>Messages could not be passed on.</summary>
    Diagnostics = 13,

    /// <summary>The other process could not be started or talked to.</summary>
    Ipc = 14,

    /// <summary>The other half crashed.</summary>
    SiblingCrashed = 15,

    /// <summary>The other half was terminated.</summary>
    SiblingTerminated = 16,

    /// <summary>Told to stop by its other half.</summary>
    Signal1 = 19,

    /// <summary>Told to stop by a signal.</summary>
    Signal = 20,

    /// <summary>The end of a child could not be learned.</summary>
    WaitForChild = 21,

    /// <summary>An allocation was refused.</summary>
    OutOfMemory = 22,

    /// <summary>Some files or attributes were not transferred.</summary>
    PartialTransfer = 23,

    /// <summary>Some source files were gone before they were sent.</summary>
    Vanished = 24,

    /// <summary>The limit of <c>--max-delete</c> stopped deletions.</summary>
    MaxDelete = 25,

    /// <summary>Nothing moved for <c>--timeout</c>.</summary>
    Timeout = 30,

    /// <summary>A daemon did not answer within <c>--contimeout</c>.</summary>
    ConnectTimeout = 35,

    /// <summary>The remote shell failed.</summary>
    CommandFailed = 124,

    /// <summary>The remote shell was killed.</summary>
    CommandKilled = 125,

    /// <summary>The remote command could not be run.</summary>
    CommandNotRunnable = 126,

    /// <summary>The remote command was not found.</summary>
    CommandNotFound = 127,
}
