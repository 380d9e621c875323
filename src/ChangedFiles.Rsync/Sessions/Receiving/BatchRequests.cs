using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Brings together what a batch has and what the generator wants: a batch cannot be asked.</summary>
internal sealed class BatchRequests(Reception reception, BatchPace pace, CancellationToken stopped)
{
    /// <summary>What came wrong. The batch may have it again.</summary>
    private readonly Dictionary<int, PendingRequest> _second = [];

    /// <summary>Waits until the generator has decided about an item, and about the other names of its inode: which of them it asks for is its choice.</summary>
    public void WaitForItem(int index, FileEntry entry)
    {
        var last = Math.Max(index, entry.Links?.LastIndex ?? index);
        pace.WaitUntil(() => pace.IsPast(last), stopped);
    }

    /// <summary>What the generator wants of an item, perhaps under another name of its inode; null: nothing.</summary>
    public PendingRequest? Take(int index, FileEntry entry)
    {
        if (reception.Requests.TryRemove(index, out var request))
            return request;
        if (_second.Remove(index, out var again))
            return again with { IsRedo = true };
        var other = entry.Links is null ? null : reception.Requests.All.FirstOrDefault(each => each.Entry.Links == entry.Links);
        return other is not null && reception.Requests.TryRemove(other.Index, out request) ? request : null;
    }

    public void KeepForSecond(PendingRequest request) => _second[request.Index] = request;

    /// <summary>Waits for the generator's own DONE. Before that, what it wants and the batch does not have is given up.</summary>
    /// <param name="number">Which DONE.</param>
    /// <param name="list">The list that it may be about; null when there is none any more.</param>
    public void WaitForDone(int number, int phase, FileList.FileList? list) => pace.WaitUntil(
        () =>
        {
            var isIncremental = reception.Session.Terms.Has(CompatFlags.IncrementalRecursion);
            if (list is not null && pace.IsPast(list.Start + list.Count - 1))
            {
                GiveUp(list);
                if (isIncremental || phase > 0)
                    GiveUpSecond(list);
            }
            return reception.DonesSent >= number;
        },
        stopped);

    private void GiveUp(FileList.FileList list)
    {
        foreach (var request in reception.Requests.All)
        {
            if (request.Index >= list.Start && request.Index < list.Start + list.Count && reception.Requests.TryRemove(request.Index, out _))
            {
                reception.Session.Say(MessageCode.Warning, $"(No batched update for \"{Reception.Text(request.Entry.Path)}\")");
                reception.News.Add(new News(NewsKind.Failed, request));
            }
        }
    }

    private void GiveUpSecond(FileList.FileList list)
    {
        foreach (var (index, request) in _second.Where(each => each.Key >= list.Start && each.Key < list.Start + list.Count).ToList())
        {
            _second.Remove(index);
            reception.Session.Say(MessageCode.ErrorXfer,
                $"ERROR: {Reception.Text(request.Entry.Path)} failed verification -- update discarded.");
            reception.News.Add(new News(NewsKind.Failed, request));
        }
    }
}
