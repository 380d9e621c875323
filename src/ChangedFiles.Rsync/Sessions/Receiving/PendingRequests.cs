using System.Diagnostics.CodeAnalysis;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What the sender was asked for and has not answered, by index. For both threads.</summary>
internal sealed class PendingRequests
{
    private readonly Dictionary<int, PendingRequest> _byIndex = [];

    /// <summary>All of them, as they are now.</summary>
    public IReadOnlyList<PendingRequest> All
    {
        get
        {
            lock (_byIndex)
                return [.. _byIndex.Values];
        }
    }

    /// <summary>False when the index has been asked for already.</summary>
    public bool TryAdd(PendingRequest request)
    {
        lock (_byIndex)
            return _byIndex.TryAdd(request.Index, request);
    }

    public bool TryRemove(int index, [MaybeNullWhen(false)] out PendingRequest request)
    {
        lock (_byIndex)
            return _byIndex.Remove(index, out request);
    }
}
