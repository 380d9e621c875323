using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Brings together what a batch has and what the generator wants: a batch cannot be asked.</summary>
internal sealed class BatchRequests(Reception reception, BatchPace pace, CancellationToken stopped)
{
    /// <summary>What came wrong. The batch may have it again.</summary>
    private readonly Dictionary<int, PendingRequest> _second = [];

    /// <summary>Waits until the generator has decided about an item.</summary>
    public void WaitForItem(int index) => pace.WaitUntil(() => pace.IsPast(index), stopped);

    /// <summary>What the generator wants of an item; null: nothing.</summary>
    public PendingRequest? Take(int index) => reception.Requests.TryRemove(index, out var request) ? request
        : _second.Remove(index, out var again) ? again with { IsRedo = true } : null;

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
        foreach (var (index, _) in reception.Requests)
        {
            if (index >= list.Start && index < list.Start + list.Count && reception.Requests.TryRemove(index, out var request))
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
