using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A directory that is made of hard links to what another one has, as far as that is the same.</summary>
internal readonly record struct LinkedTree(TreePath Directory, TreePath LinkTo);

/// <summary>An open session with a server: for one batch.</summary>
internal interface IBatchSession : IDisposable
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="onDeleted">Called with each name that the server deleted.</param>
    /// <exception cref="Rsync.RsyncException">It ended before its time.</exception>
    TransferResult Push(PushBatch batch, Action<ReadOnlyMemory<byte>> onDeleted, CancellationToken cancellation);
}

/// <summary>A session with a real one.</summary>
internal sealed class BatchSession(Session session) : IBatchSession
{
    public TransferResult Push(PushBatch batch, Action<ReadOnlyMemory<byte>> onDeleted, CancellationToken cancellation)
    {
        session.Messages.OnDeleted = (name, _) => onDeleted(name);
        return batch.Send(session, cancellation);
    }

    public void Dispose() => session.Dispose();
}
