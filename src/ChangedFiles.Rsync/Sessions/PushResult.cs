using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>How a push ended that ran to its end.</summary>
/// <param name="Stats">What was done.</param>
/// <param name="Errors">The receiver's complaints about single items, the first of them; without complaints everything sent is in its place.</param>
/// <param name="ErrorCount">How many complaints there were.</param>
/// <param name="IoError">Error bits of both sides (docs/protocol.md 11.3).</param>
/// <param name="BytesSent">Bytes that went over the connection, all told.</param>
/// <param name="BytesReceived">Bytes that came over the connection.</param>
public sealed record PushResult(TransferStats Stats, IReadOnlyList<string> Errors, int ErrorCount, int IoError, long BytesSent, long BytesReceived)
{
    /// <summary>What rsync would exit with (11.1).</summary>
    public ExitCode ExitCode => ErrorCount > 0 || (IoError & 1) != 0 ? ExitCode.PartialTransfer
        : (IoError & 2) != 0 ? ExitCode.Vanished
        : (IoError & 4) != 0 ? ExitCode.MaxDelete
        : ExitCode.Success;

    internal static PushResult Of(Session session, TransferStats stats, int ioError) => new(
        stats, [.. session.Messages.Errors], session.Messages.ErrorCount, ioError | session.Messages.IoError,
        session.Connection.BytesWritten, session.Connection.BytesRead);
}
