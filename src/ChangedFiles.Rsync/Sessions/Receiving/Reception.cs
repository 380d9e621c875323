using ChangedFiles.Linux;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What the two threads of a receiving session share.</summary>
internal sealed class Reception(ReceivingHalf half, Session session) : IDisposable
{
    private readonly Lock _telling = new();
    private readonly List<IDisposable> _owned = [];
    private int _ioError;
    private int _donesSent;

    public ReceivingHalf Half => half;

    public Session Session => session;

    public TransferOptions Options => half.Options;

    public TransferEvents Events => half.Events;

    /// <summary>The directory that everything is received into; known when the first list has come.</summary>
    public IFileTarget Target { get; set; } = half.Destination.Tree;

    /// <summary>The name that a single entry gets; null for its own.</summary>
    public TreePath? SingleName { get; set; }

    /// <summary>What stands before a path in messages.</summary>
    public string FullName { get; set; } = half.Destination.FullName;

    public required ReceivedIds Ids { get; init; }

    /// <summary>How far the generator is, for a receiver that reads a batch; null otherwise.</summary>
    public BatchPace? Pace { get; } = session.IsBatch ? new BatchPace() : null;

    /// <summary>Data is asked for, whatever becomes of it.</summary>
    public bool MovesData => !half.Options.DryRun || half.Options.Writing.OnlyWriteBatch;

    /// <summary>This side acts as root: it sets owners and makes devices.</summary>
    public required bool IsSuper { get; init; }

    /// <summary>Block sums; the generating thread's.</summary>
    public BlockHash BlockHash { get; } =
        new(session.Terms.TransferChecksum, session.Terms.Seed, session.Terms.Has(CompatFlags.ChecksumSeedFix));

    public TransferStats Stats => half.Stats;

    /// <inheritdoc cref="NewsQueue"/>
    public NewsQueue News { get; } = new(atOnce: session.IsBatch);

    /// <summary>The target is known: what depends on it can be made.</summary>
    public void Open()
    {
        if (Options.Writing.TempDir is { } directory)
        {
            TemporaryDirectory = new SideDirectory(this, directory, make: false);
            var error = TemporaryDirectory.Error;
            if (error is Errno.ENOENT or Errno.ENOTDIR)
                throw new RsyncException(ExitCode.SyntaxOrUsage, SessionStage.FileList,
                    $"The temp-dir {(error == Errno.ENOENT ? "does not exist" : "is not a directory")}: {directory}");
            // Each file then fails by itself.
            if (error == Errno.ELOOP)
                session.Say(MessageCode.Error, OperatorPaths.Refusal);
        }
        if (Options.Writing.Backup)
            Backups = new BackupStore(this);
    }

    /// <summary>The directory of <c>--temp-dir</c>; null without.</summary>
    public SideDirectory? TemporaryDirectory { get; private set; }

    /// <summary>Where replaced files are kept; null without <c>--backup</c>. For use when <see cref="Target"/> is known.</summary>
    public BackupStore? Backups { get; private set; }

    /// <inheritdoc cref="PendingRequests"/>
    public PendingRequests Requests { get; } = new();

    /// <summary>How often the generator has said DONE. The sender answers each of them.</summary>
    public int DonesSent => Volatile.Read(ref _donesSent);

    /// <summary>Error bits (docs/protocol.md 11.3) of both sides as far as they are known.</summary>
    public int IoError => _ioError | session.Messages.IoError;

    public void AddIoError(int bits) => Interlocked.Or(ref _ioError, bits);

    /// <summary>The generator is about to say DONE.</summary>
    public void CountDone()
    {
        Interlocked.Increment(ref _donesSent);
        Pace?.Move();
    }

    /// <summary>Where an entry goes.</summary>
    public TreePath PathOf(FileEntry entry) => SingleName ?? entry.Path;

    /// <summary>A path in the form that messages have: in quotes, from the root of the file system.</summary>
    public string Quoted(TreePath path) => $"\"{FullName}/{(path.IsRoot ? "." : Text(path))}\"";

    /// <summary>The same for a file that is not yet in its place, as its tree knows it.</summary>
    public string QuotedUnfinished(TreePath path)
    {
        if (TemporaryDirectory is not { IsInside: false, Name: var name } || Options.Writing.Inplace)
            return Quoted(path);
        var directory = name.StartsWith('/') ? name : $"{FullName}/{name}";
        return $"\"{directory.TrimEnd('/')}/{Text(path)}\"";
    }

    public static string Text(TreePath path) => ArgumentText.Decode(path.Bytes);

    /// <summary>A failure that makes the exit code 23.</summary>
    /// <param name="who">generator or receiver.</param>
    /// <param name="what">What was done, up to the path.</param>
    /// <param name="then">What follows the path.</param>
    public void Complain(string who, string what, TreePath path, Errno error, string then = " failed") =>
        Complain(who, what, Quoted(path), error, then);

    /// <summary>The same with a name as it is to be shown.</summary>
    public void Complain(string who, string what, string name, Errno error, string then = " failed") =>
        session.Say(MessageCode.ErrorXfer, $"rsync: [{who}] {what} {name}{then}: {Reason(error)}");

    /// <summary>With <c>-vv</c>: something needed no data, and perhaps attributes.</summary>
    public void SayPresent(FileEntry entry, bool updated = false)
    {
        if (half.Report.Info[InfoFlag.Name] < 2 || half.Report.Itemize != Itemize.None)
            return;
        var name = entry.Path.IsRoot ? "./" : Text(entry.Path) + (entry.IsDirectory ? "/" : "");
        session.Say(MessageCode.Info, updated ? name : Messages.UpToDate(name));
    }

    public static string Reason(Errno error) => $"{error.Describe()} ({(int)error})";

    /// <summary>Makes missing directories above a path (<c>--no-implied-dirs</c>). Null when they are all there.</summary>
    public Errno? MakeParents(TreePath path)
    {
        foreach (var parent in path.Parent.IsRoot ? [] : path.Parent.WithParents())
        {
            if (Target.MakeDirectory(parent, 0x1FF) is not (Errno.None or Errno.EEXIST) and var error)
                return error;
        }
        return null;
    }

    /// <summary>Calls a handler of the user's. Only one is called at a time.</summary>
    public void Tell(ItemHandler? handler, in ItemReport item)
    {
        if (handler is null)
            return;
        lock (_telling)
            handler(item);
    }

    /// <inheritdoc cref="Tell(ItemHandler?, in ItemReport)"/>
    public void Tell(Action? handler)
    {
        if (handler is null)
            return;
        lock (_telling)
            handler();
    }

    /// <inheritdoc cref="Tell(ItemHandler?, in ItemReport)"/>
    public void Tell<T>(Action<T>? handler, T value)
    {
        if (handler is null)
            return;
        lock (_telling)
            handler(value);
    }

    /// <inheritdoc cref="Tell(ItemHandler?, in ItemReport)"/>
    public void Tell<T1, T2>(Action<T1, T2>? handler, T1 first, T2 second)
    {
        if (handler is null)
            return;
        lock (_telling)
            handler(first, second);
    }

    /// <summary>Takes something over, to be disposed of at the end.</summary>
    public void Own(object owned)
    {
        if (owned is not IDisposable disposable)
            return;
        lock (_owned)
            _owned.Add(disposable);
    }

    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
        BlockHash.Dispose();
        if (!ReferenceEquals(Target, half.Destination.Tree))
            (Target as IDisposable)?.Dispose();
    }
}
