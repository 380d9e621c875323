using System.Runtime.ExceptionServices;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>One batch on its way to a stock rsync: usually one session; renames take one or two before it, which only save data.</summary>
/// <param name="before">An attempt that came to no end.</param>
internal sealed class RsyncDelivery(RsyncDestination destination, PlannedBatch batch, RsyncDelivery? before, CancellationToken cancellation)
{
    /// <summary>About a fifth of a processor that others want too. Measured: tar is slowed by a quarter less, and no later at the destination.</summary>
    private const int Modesty = 7;

    private readonly Lock _lock = new();
    private readonly List<FailedPath> _failures = [.. batch.Failures];
    private readonly List<TransferResult> _results = [];
    private readonly List<NameChange> _changes = [];
    // What an attempt before has made was not there before either.
    private readonly List<TreePath> _created = before is null ? [] : [.. before._created];
    private readonly HashSet<TreePath> _brought = before is null ? [] : [.. before._brought];

    public Delivery Run()
    {
        var renames = new RsyncRenames(this, destination, batch);
        List<string> errors = [.. PushShares(renames.Prepare()), .. Compare(renames)];
        var left = renames.CleanUp();
        return new Delivery
        {
            Complaints = [.. FailureTexts.Assign(errors, batch, _failures), .. left],
            Failures = _failures,
            Changes = _changes,
            Created = _created,
            Brought = _brought,
            Files = _results.Sum(sent => sent.Stats.FilesTransferred),
            BytesSent = _results.Sum(sent => sent.BytesSent),
            LiteralBytes = _results.Sum(sent => sent.Stats.LiteralData),
            MatchedBytes = _results.Sum(sent => sent.Stats.MatchedData),
        };
    }

    /// <summary>Sends some items in a session of their own.</summary>
    /// <param name="source">Where the data comes from, when the names are not the source's.</param>
    /// <param name="tree">The items' names are those in this directory.</param>
    public TransferResult Push(PlannedBatch items, TransferEvents events, IFileSource? source = null, LinkedTree? tree = null)
    {
        using var session = destination.Take(cancellation, tree);
        // What is missing is made here already, and is there for the batch itself.
        return Push(session, items, tree is null ? NotingMade(events) : events, source ?? destination.Source, cancellation);
    }

    /// <summary>
    /// Files that were written and that the server did not ask for: they look as what it has. A server that refuses to compare them gets them anew.
    /// </summary>
    private IReadOnlyList<string> Compare(RsyncRenames renames)
    {
        if (batch.InDoubt.Count == 0 || destination.Options.DryRun)
            return [];
        // Of several names of a file one may have been asked for, and linked to another one that looked right.
        var left = batch.Items.Where(item => batch.InDoubt.Contains(item.Path) && (item.Stat.LinkCount > 1 || !_brought.Contains(item.Path)))
            .Select(item => item.Path).ToList();
        if (left.Count == 0)
            return [];
        var comparing = destination.Features.IgnoreTimes;
        var removed = comparing ? null : renames.Remove(left);
        var listed = left.ToHashSet();
        foreach (var path in left)
        {
            for (var above = path; !above.IsRoot; above = above.Parent)
                listed.Add(above.Parent);
        }
        var items = batch.Items.Where(item => listed.Contains(item.Path))
            .Select(item => item.Stat.IsDirectory ? item with { Action = PlannedAction.Parent } : item);
        using var session = comparing ? destination.TakeComparing(cancellation) : destination.Take(cancellation);
        var pushed = Push(session, batch with { Items = [.. items] }, TellingAll(), destination.Source, cancellation, comparing);
        return [.. removed?.Errors ?? [], .. pushed.Errors];
    }

    /// <summary>The batch itself, in two sessions at the same time where that is worth it and the server has room for both.</summary>
    /// <returns>What the server complained of.</returns>
    private IReadOnlyList<string> PushShares(PlannedBatch whole)
    {
        var events = TellingAll();
        var shares = BatchShares.Of(whole, destination.Options.SharesFrom);
        using var session = destination.Take(cancellation);
        using var second = shares.Count > 1 ? destination.TryTakeAnother(cancellation) : null;
        return second is null
            ? Push(session, whole, events, destination.Source, cancellation).Errors
            : PushBoth([(session, shares[0]), (second, shares[1])], events);
    }

    /// <summary>In threads that give way to whoever makes so many changes.</summary>
    private IReadOnlyList<string> PushBoth((IBatchSession Session, PlannedBatch Share)[] shares, TransferEvents events)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? failure = null;
        IReadOnlyList<string> Run((IBatchSession Session, PlannedBatch Share) of)
        {
            try
            {
                Niceness.Add(Modesty);
                return Push(of.Session, of.Share, events, destination.Source, both.Token).Errors;
            }
            catch (Exception cause)
            {
                // The first to fail is the reason why the other one ends.
                Interlocked.CompareExchange(ref failure, cause, null);
                both.Cancel();
                return [];
            }
        }
        var errors = new IReadOnlyList<string>[shares.Length];
        var threads = shares
            .Select((share, index) => new Thread(() => errors[index] = Run(share)) { IsBackground = true, Name = Thread.CurrentThread.Name })
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return [.. errors.SelectMany(error => error)];
    }

    private TransferResult Push(
        IBatchSession session, PlannedBatch items, TransferEvents events, IFileSource source, CancellationToken cancellation, bool comparing = false)
    {
        var options = destination.Options.Transfer(destination.Features);
        var wire = WireBatch.Of(items, destination.Options, destination.Features.DeleteByName);
        var push = new PushBatch
        {
            Entries = wire.Entries,
            Filters = wire.Filters,
            Options = comparing ? options with { Comparison = options.Comparison with { IgnoreTimes = true } } : options,
            Source = LinkedSource.Of(source, items),
            Names = destination.Names,
            Events = events,
        };
        var result = session.Push(push, name => Tell(name, ChangeKind.Delete), cancellation);
        Add(_results, result);
        return result;
    }

    private void Note(FileEntry entry, Errno errno)
    {
        if (!Planner.IsGone(errno))
            Add(_failures, new FailedPath(entry.Path, errno.Describe()));
    }

    private TransferEvents TellingAll() => new()
    {
        OnFileFailed = Note,
        OnTransferred = (in item) =>
        {
            if (TreePath.TryParse(item.Name.Span, out var path))
                Add(_brought, path);
            Tell(item.Name, ChangeKind.Send);
        },
        OnItem = (in item) =>
        {
            NoteMade(item);
            if (item.Flags != ItemFlags.None)
                Tell(item.Name, Kind(item.Flags));
        },
    };

    private TransferEvents NotingMade(TransferEvents events) => events with
    {
        OnItem = (in item) =>
        {
            NoteMade(item);
            events.OnItem?.Invoke(item);
        },
    };

    private void NoteMade(in ItemReport item)
    {
        if (item.Kind == FileKind.Directory && item.Flags.HasFlag(ItemFlags.IsNew) && TreePath.TryParse(item.Name.Span, out var made))
            Add(_created, made);
    }

    private void Tell(ReadOnlyMemory<byte> name, ChangeKind kind)
    {
        if (destination.Options.NamesChanges && TreePath.TryParse(name.Span, out var path) && !AsideName.Is(path))
            Add(_changes, new NameChange(path, kind));
    }

    /// <summary>Two sessions may tell something at the same time.</summary>
    private void Add<T>(ICollection<T> list, T told)
    {
        lock (_lock)
            list.Add(told);
    }

    private static ChangeKind Kind(ItemFlags flags) =>
        (flags & (ItemFlags.IsNew | ItemFlags.LocalChange)) != 0 ? ChangeKind.Send : ChangeKind.SetAttributes;
}
