using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Where the data of a file is written, and how it comes to its place (docs/protocol.md 7.7, 13.5).</summary>
internal sealed class FilePlacement
{
    private readonly Reception _reception;
    private readonly WritingOptions _options;
    private readonly AttributeKeeper _attributes;
    private readonly PartialStore? _partials;
    private readonly SideDirectory? _temporary;
    private readonly bool _updatesPartials;
    private readonly List<PendingRequest> _delayed = [];

    public FilePlacement(Reception reception, AttributeKeeper attributes)
    {
        (_reception, _options, _attributes) = (reception, reception.Options.Writing, attributes);
        _partials = PartialStore.Of(reception);
        _temporary = reception.TemporaryDirectory;
        _updatesPartials = reception.Session.Terms.Has(CompatFlags.InplacePartialDir);
    }

    /// <summary>The file is changed where it is, or where its incomplete predecessor is.</summary>
    public bool IsInPlace(PendingRequest request) => _options.Inplace || IsPartialUpdated(request);

    /// <summary>What is written to is what the blocks are read from.</summary>
    public bool IsOwnBasis(PendingRequest request) =>
        IsPartialUpdated(request) || (_options.Inplace && request.Basis == Basis.Own);

    /// <summary>Opens what the data is written to.</summary>
    public Errno Open(PendingRequest request, out TargetFile? file)
    {
        if (IsPartialUpdated(request) && request.BasisFile is { Tree: IFileTarget tree } partial)
            return tree.OpenInPlace(partial.Path, out file);
        if (_options.Inplace)
            return _reception.Target.OpenInPlace(request.Path, out file);
        if (_temporary is null)
            return _reception.Target.Create(request.Path, out file);
        file = null;
        if (_temporary.Error != Errno.None)
            return _temporary.Error;
        var inside = ReferenceEquals(_temporary.Tree, _reception.Target);
        return inside
            ? _reception.Target.Create(request.Path, out file, _temporary.Path)
            : _temporary.Tree.Create(_temporary.Path.Child(request.Path.Name), out file);
    }

    /// <summary>Says that <see cref="Open"/> failed.</summary>
    public void Complain(PendingRequest request, Errno error)
    {
        if (IsInPlace(request))
        {
            _reception.Complain("receiver", "open", request.Path, error);
            return;
        }
        var directory = _temporary?.Path ?? (request.Path.IsRoot ? request.Path : request.Path.Parent);
        var name = directory.Child(TemporaryName.Random(request.Path.Name));
        _reception.Complain("receiver", "mkstemp", _reception.QuotedUnfinished(name), error);
    }

    /// <summary>The data is right.</summary>
    /// <returns>Null: the file waits for <see cref="PutDelayed"/>.</returns>
    public NewsKind? Finish(PendingRequest request, TargetFile file)
    {
        _attributes.SetNew(file, request.Entry);
        if (_options.Fsync)
            file.Sync();
        if (_options.DelayUpdates && _partials is not null)
            return Delay(request, file);
        var error = Place(request, file);
        if (error == Errno.None && request.Basis == Basis.Partial)
            _partials?.Forget(request.Path);
        return error == Errno.None ? NewsKind.Received : Fail(request, error);
    }

    /// <summary>The data is not complete, or wrong: kept where the options want that.</summary>
    public void Keep(PendingRequest request, TargetFile file)
    {
        if (IsInPlace(request) || (!_options.Partial && _options.EffectivePartialDir is null))
            return;
        if (_options.EffectivePartialDir is null)
        {
            // A time from long ago: it does not count as up to date, nor as newer. The nanoseconds stay, as in stock.
            _attributes.SetNew(file, request.Entry, withTimes: false);
            if (_reception.Options.Preserve.Times)
                file.SetMetadata(new Metadata { Mtime = request.Entry.Mtime with { Seconds = 0 } }, out _);
            Move(file, _reception.Target, request.Path);
        }
        else if (_partials?.Prepare(request.Path) == Errno.None)
        {
            _attributes.SetNew(file, request.Entry, withTimes: false);
            var (tree, place) = _partials[request.Path];
            Move(file, (IFileTarget)tree, place);
        }
    }

    /// <summary>The data is whole, but wrong. A file that was changed in its place has all but the time already.</summary>
    public void KeepWrong(PendingRequest request, TargetFile file)
    {
        if (_options.Inplace)
            _attributes.SetNew(file, request.Entry, withTimes: false);
        else
            Keep(request, file);
    }

    /// <summary>Puts everything into its place that was kept back.</summary>
    public void PutDelayed()
    {
        foreach (var request in _delayed)
        {
            var (tree, place) = _partials![request.Path];
            if (!Backup(request))
            {
                _reception.News.Add(new News(NewsKind.Failed, request));
                continue;
            }
            var error = Move((IFileTarget)tree, place, _reception.Target, request.Path);
            _partials.LeaveDirectory(request.Path);
            _reception.News.Add(new News(error == Errno.None ? NewsKind.Received : Fail(request, error), request));
        }
        _delayed.Clear();
    }

    private bool IsPartialUpdated(PendingRequest request) => _updatesPartials && request is { Basis: Basis.Partial, BasisFile: not null };

    private NewsKind? Delay(PendingRequest request, TargetFile file)
    {
        var error = _partials!.Prepare(request.Path);
        var (tree, place) = _partials[request.Path];
        if (error == Errno.None && !IsPartialUpdated(request))
            error = Move(file, (IFileTarget)tree, place);
        if (error != Errno.None)
            return Fail(request, error);
        _delayed.Add(request);
        return null;
    }

    private Errno Place(PendingRequest request, TargetFile file)
    {
        if (_options.Inplace)
            return file.Commit();
        if (!Backup(request))
            throw new RsyncException(ExitCode.FileIO, SessionStage.Transfer, $"keep_backup failed: {_reception.Quoted(request.Path)}");
        if (!IsPartialUpdated(request))
            return Move(file, _reception.Target, request.Path);
        file.Commit();
        return Move((IFileTarget)request.BasisFile!.Tree, request.BasisFile.Path, _reception.Target, request.Path);
    }

    /// <summary>From a temporary name to another, perhaps out of or into a tree of its own.</summary>
    private Errno Move(TargetFile file, IFileTarget to, TreePath path)
    {
        var from = _temporary?.Tree ?? _reception.Target;
        return ReferenceEquals(from, to) ? file.Commit(path) : Move(from, file.Path, to, path);
    }

    private static Errno Move(IFileTarget from, TreePath path, IFileTarget to, TreePath newPath)
    {
        var error = ReferenceEquals(from, to) ? to.Rename(path, newPath) : to.MoveFrom(from, path, newPath);
        return error == Errno.EXDEV ? CopyOver(from, path, to, newPath) : error;
    }

    /// <summary>The two trees are on different file systems.</summary>
    private static Errno CopyOver(IFileTarget from, TreePath path, IFileTarget to, TreePath newPath)
    {
        var error = FileCopy.Copy(from, path, to, newPath);
        return error == Errno.None ? from.Unlink(path) : error;
    }

    /// <summary>False when what is there has to be kept and cannot be: then it must stay.</summary>
    private bool Backup(PendingRequest request) =>
        !request.Replaces || _reception.Backups is not { } backups || !backups.IsWanted(request.Path)
        || _reception.Target.Stat(request.Path, out var old) != Errno.None || backups.Save(request.Path, old, moves: false);

    private NewsKind Fail(PendingRequest request, Errno error)
    {
        _reception.Complain("receiver", "rename to", request.Path, error);
        return NewsKind.Failed;
    }
}
