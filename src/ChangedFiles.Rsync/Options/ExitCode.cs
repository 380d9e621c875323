namespace ChangedFiles.Rsync.Options;

/// <summary>How a run ended, as rsync tells its caller (docs/protocol.md 11.1).</summary>
public enum ExitCode
{
    Success = 0,
    SyntaxOrUsage = 1,
    ProtocolIncompatibility = 2,
    FileSelection = 3,
    Unsupported = 4,
    StartClientServer = 5,
    SocketIO = 10,
    FileIO = 11,
    ProtocolStream = 12,
    Diagnostics = 13,
    Ipc = 14,
    SiblingCrashed = 15,
    SiblingTerminated = 16,
    Signal1 = 19,
    Signal = 20,
    WaitForChild = 21,
    OutOfMemory = 22,
    PartialTransfer = 23,
    Vanished = 24,
    MaxDelete = 25,
    Timeout = 30,
    ConnectTimeout = 35,
    CommandFailed = 124,
    CommandKilled = 125,
    CommandNotRunnable = 126,
    CommandNotFound = 127,
}
