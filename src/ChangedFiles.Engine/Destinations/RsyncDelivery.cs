using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations;

/// <summary>One batch on its way to a stock rsync: usually one session; renames take one or two before it, which only save data.</summary>
internal sealed class RsyncDelivery(RsyncDestination destination, PlannedBatch batch, CancellationToken cancellation)
{
    private readonly List<FailedPath> _failures = [.. batch.Failures];
    private readonly List<TransferResult> _results = [];
    private readonly List<NameChange> _changes = [];
    private readonly List<TreePath> _created = [];

    /// <summary>A session was begun, so that the destination may have changed.</summary>
    public bool HasBegun { get; private set; }

    public Delivery Run()
    {
        var renames = new RsyncRenames(this, destination, batch);
        var result = Push(renames.Prepare(), new TransferEvents
        {
            OnFileFailed = Note,
            OnTransferred = (in item) => Tell(item.Name, ChangeKind.Send),
            OnItem = (in item) =>
            {
                if (item.Kind == FileKind.Directory && item.Flags.HasFlag(ItemFlags.IsNew) && TreePath.TryParse(item.Name.Span, out var made))
                    _created.Add(made);
                if (item.Flags != ItemFlags.None)
                    Tell(item.Name, Kind(item.Flags));
            },
        });
        var left = renames.CleanUp();
        return new Delivery
        {
            Complaints = [.. FailureTexts.Assign(result.Errors, batch, _failures), .. left],
            Failures = _failures,
            Changes = _changes,
            Created = _created,
            Files = _results.Sum(sent => sent.Stats.FilesTransferred),
            BytesSent = _results.Sum(sent => sent.BytesSent),
            LiteralBytes = _results.Sum(sent => sent.Stats.LiteralData),
            MatchedBytes = _results.Sum(sent => sent.Stats.MatchedData),
        };
    }

    /// <summary>Sends some items in a session of their own.</summary>
    /// <param name="source">Where the data comes from, when the names are not the source's.</param>
    public TransferResult Push(PlannedBatch items, TransferEvents events, IFileSource? source = null)
    {
        using var session = destination.Take(cancellation);
        return Push(session, items, events, source ?? destination.Source);
    }

    /// <summary>Makes a directory of hard links to what another one has, as far as that is the same. The items' names are those in the directory.</summary>
    public TransferResult PushTree(TreePath directory, TreePath linkTo, PlannedBatch items, TransferEvents events, IFileSource source)
    {
        using var session = destination.OpenTree(directory, linkTo, cancellation);
        return Push(session, items, events, source);
    }

    private TransferResult Push(Session session, PlannedBatch items, TransferEvents events, IFileSource source)
    {
        HasBegun = true;
        session.Messages.OnDeleted = (name, _) => Tell(name, ChangeKind.Delete);
        var wire = WireBatch.Of(items, destination.Options, destination.Features.DeleteByName);
        var result = new PushBatch
        {
            Entries = wire.Entries,
            Filters = wire.Filters,
            Options = destination.Options.Transfer(destination.Features),
            Source = LinkedSource.Of(source, items),
            Names = destination.Names,
            Events = events,
        }.Send(session, cancellation);
        _results.Add(result);
        return result;
    }

    private void Note(FileEntry entry, Errno errno)
    {
        if (!Planner.IsGone(errno))
            _failures.Add(new FailedPath(entry.Path, errno.Describe()));
    }

    private void Tell(ReadOnlyMemory<byte> name, ChangeKind kind)
    {
        if (destination.Options.NamesChanges && TreePath.TryParse(name.Span, out var path) && !AsideName.Is(path))
            _changes.Add(new NameChange(path, kind));
    }

    private static ChangeKind Kind(ItemFlags flags) =>
        (flags & (ItemFlags.IsNew | ItemFlags.LocalChange)) != 0 ? ChangeKind.Send : ChangeKind.SetAttributes;
}
