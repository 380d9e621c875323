using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>How a session ended that ran to its end.</summary>
/// <param name="Stats">What was done.</param>
/// <param name="Errors">The other side's complaints about single items, the first of them; without complaints everything is in its place.</param>
/// <param name="ErrorCount">How many complaints there were.</param>
/// <param name="IoError">Error bits of both sides (docs/protocol.md 11.3).</param>
/// <param name="TransferError">Something was not transferred, as either side said.</param>
/// <param name="BytesSent">Bytes that went over the connection, all told.</param>
/// <param name="BytesReceived">Bytes that came over the connection.</param>
public sealed record TransferResult(
    TransferStats Stats, IReadOnlyList<string> Errors, int ErrorCount, int IoError, bool TransferError, long BytesSent, long BytesReceived)
{
    /// <summary>What rsync would exit with (11.1).</summary>
    public ExitCode ExitCode => TransferError || (IoError & IoErrors.General) != 0 ? ExitCode.PartialTransfer
        : (IoError & IoErrors.Vanished) != 0 ? ExitCode.Vanished
        : (IoError & IoErrors.DeletionLimit) != 0 ? ExitCode.MaxDelete
        : ExitCode.Success;

    /// <param name="session">The session, ended.</param>
    /// <param name="stats">What was done.</param>
    /// <param name="ioError">This side's error bits; those of the peer are added.</param>
    internal static TransferResult Of(Session session, TransferStats stats, int ioError) => new(
        stats, [.. session.Messages.Errors], session.Messages.ErrorCount, ioError | session.Messages.IoError,
        session.HasTransferError || session.Messages.TransferError, session.Connection.BytesWritten, session.Connection.BytesRead);
}
