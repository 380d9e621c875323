using System.Globalization;
using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>
/// One session of a stock receiver, in memory (docs/protocol.md 7, 9.1, 10, 13.6): what it does to a tree for a list, in which order, and what it asks for.
/// What it asked for comes at any moment later, and it may end in the middle.
/// </summary>
/// <param name="tree">The whole destination.</param>
/// <param name="place">The directory the session is for, and the one that it links to; null for the whole destination.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="pause">Called between two steps: another session may run meanwhile.</param>
internal sealed class StockReceiver(
    MemoryTree tree, PushBatch batch, LinkedTree? place, Action<ReadOnlyMemory<byte>> onDeleted, Random random, SessionFaults faults, Action pause)
{
    private const int BlockLength = 700;

    private readonly TreePath _top = place?.Directory ?? TreePath.Root;
    private readonly HashSet<TreePath> _listed = [.. batch.Entries.Select(entry => entry.Path)];
    private readonly HashSet<TreePath> _missing = [];
    private readonly List<FileEntry> _directories = [];
    private readonly Queue<(FileEntry Entry, int Blocks)> _asked = new();
    private readonly List<string> _errors = [];
    private readonly FilterLookup _filters = new(Rules(batch).Open(FilterSide.Receiver, new FilterTree { Source = tree }));
    private StockLinks _links = null!;

    public TransferResult Run()
    {
        var entries = batch.Entries.ToArray();
        FileOrder.Sort(entries);
        Check(entries);
        _links = new StockLinks(batch.Options.Preserve.HardLinks > 0 ? entries : []);
        if (place is not null && tree.Stat(_top, out _) == Errno.ENOENT && tree.MakeDirectory(_top, 0x1ED) != Errno.None)
            throw new RsyncException(ExitCode.FileIO, SessionStage.FileList, $"mkdir \"{_top}\" failed") { FromPeer = true };
        foreach (var entry in entries)
        {
            Generate(entry);
            while (_asked.Count > 0 && random.Next(3) == 0)
                Answer();
        }
        while (_asked.Count > 0)
            Answer();
        foreach (var directory in _directories)
            Set(directory);
        return new TransferResult(new TransferStats(), _errors, _errors.Count, IoError: 0, _errors.Count > 0, BytesSent: 0, BytesReceived: 0);
    }

    private static FilterRules Rules(PushBatch batch)
    {
        var rules = new FilterRulesBuilder();
        foreach (var rule in batch.Filters)
            rules.AddReceived(rule);
        return rules.Build();
    }

    private void Check(FileEntry[] entries)
    {
        var directories = entries.Where(entry => entry.IsDirectory).Select(entry => entry.Path).ToHashSet();
        if (_listed.Count < entries.Length)
            throw new InvalidOperationException("a name is twice in the list");
        if (entries.FirstOrDefault(entry => !entry.IsMissing && entry.Path.Depth > 1 && !directories.Contains(entry.Path.Parent)) is { } lost)
            throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.FileList, $"ABORTING due to invalid path from sender: {lost}") { FromPeer = true };
    }

    private void Generate(FileEntry entry)
    {
        pause();
        var path = At(entry);
        if (_missing.Contains(path.Parent))
        {
            _missing.Add(path);
            return;
        }
        var errno = tree.Stat(path, out var stat);
        FileStat? there = errno == Errno.None ? stat : null;
        if (faults.Fails(entry))
            Fail(entry, there);
        else if (entry.IsMissing)
        {
            if (there is not null)
                Delete(path);
        }
        else if (entry.IsDirectory)
            Directory(entry, there);
        else if (!LinkToFinished(entry, there))
            Other(entry, there);
    }

    private void Fail(FileEntry entry, FileStat? there)
    {
        var path = At(entry);
        if (!entry.IsDirectory)
            Complain($"rsync: [generator] recv_generator: failed to stat \"/{path}\" (in simulated): Permission denied (13)");
        else if (there is { IsDirectory: true })
        {
            Complain($"rsync: [generator] failed to set permissions on \"/{path}\" (in simulated): Operation not permitted (1)");
            Sweep(entry);
        }
        else
        {
            Complain($"rsync: [generator] recv_generator: mkdir \"/{path}\" (in simulated) failed: Permission denied (13)");
            Complain("*** Skipping any contents from this failed directory ***");
            _missing.Add(path);
        }
    }

    private void Directory(FileEntry entry, FileStat? there)
    {
        var path = At(entry);
        if (there is { IsDirectory: false })
            Delete(path);
        if (there is not { IsDirectory: true })
        {
            Do(() => tree.MakeDirectory(path, entry.Permissions));
            Report(entry, ItemFlags.IsNew | ItemFlags.LocalChange);
        }
        Set(entry);
        _directories.Add(entry);
        Sweep(entry);
    }

    /// <summary>What is in it, not listed and not protected goes.</summary>
    private void Sweep(FileEntry entry)
    {
        if (entry.Content is not (DirectoryContent.Top or DirectoryContent.Listed))
            return;
        var directory = At(entry);
        var names = new List<DirectoryEntry>();
        tree.List(directory, names);
        foreach (var name in names)
        {
            var path = directory.Child(name.Name);
            if (!_listed.Contains(path.RelativeTo(_top)) && _filters.Check(path, name.Kind == FileKind.Directory).IsIncluded)
                Delete(path);
        }
    }

    private void Other(FileEntry entry, FileStat? there)
    {
        if (entry.IsSymlink)
        {
            Symlink(entry, there);
            return;
        }
        // It makes room, whatever else the list says of what was there.
        if (there is { IsRegular: false })
        {
            Delete(At(entry));
            there = null;
        }
        if (there is null && LinkToOther(entry))
            return;
        if (there is null && _links.LeaveToLater(entry))
            return;
        if (there is { } same && IsSame(entry, same))
        {
            Set(entry);
            Finish(entry);
            return;
        }
        _links.Asked(entry);
        _asked.Enqueue((entry, (int)(((there?.Size ?? BasisElsewhere(entry)) + BlockLength - 1) / BlockLength)));
    }

    private void Symlink(FileEntry entry, FileStat? there)
    {
        var path = At(entry);
        if (there is not { IsSymlink: true } || tree.ReadLink(path, out var target) != Errno.None || !target.AsSpan().SequenceEqual(entry.LinkTarget))
        {
            if (there is { IsDirectory: true })
                Delete(path);
            Do(() => tree.MakeSymlink(path, entry.LinkTarget, replace: true));
        }
        Set(entry);
        Finish(entry);
    }

    private long BasisElsewhere(FileEntry entry) =>
        place is { } linked && tree.Stat(linked.LinkTo.Append(entry.Path), out var basis) == Errno.None && basis.IsRegular ? basis.Size : 0;

    /// <summary>With <c>--link-dest</c>: what is the same there is linked to, what differs in its attributes only is copied.</summary>
    private bool LinkToOther(FileEntry entry)
    {
        if (place is not { } linked || tree.Stat(linked.LinkTo.Append(entry.Path), out var stat) != Errno.None || !IsSame(entry, stat))
            return false;
        var (path, other) = (At(entry), linked.LinkTo.Append(entry.Path));
        if ((stat.Mode, stat.Uid, stat.Gid) == (entry.Mode, entry.Uid, entry.Gid))
            Do(() => tree.MakeLink(path, other));
        else
            Place(entry, Content(tree, other));
        Finish(entry);
        return true;
    }

    private bool LinkToFinished(FileEntry entry, FileStat? there)
    {
        var outcome = _links.Check(entry, out var finished);
        if (outcome == LinkOutcome.Link)
            Link(entry, finished!, there);
        return outcome != LinkOutcome.Nothing;
    }

    private void Finish(FileEntry entry)
    {
        foreach (var other in _links.Finish(entry))
            Link(other, entry, tree.Stat(At(other), out var there) == Errno.None ? there : null);
    }

    private void Link(FileEntry entry, FileEntry existing, FileStat? there)
    {
        var (path, other) = (At(entry), At(existing));
        if (tree.Stat(other, out var stat) != Errno.None || (there is { } here && here.Inode == stat.Inode))
            return;
        if (there is { IsDirectory: true })
            Delete(path);
        if (Do(() => tree.MakeLink(path, other, replace: true)))
            Report(entry, ItemFlags.LocalChange | ItemFlags.XnameFollows | (there is null ? ItemFlags.IsNew : ItemFlags.None), existing.Path.Memory);
    }

    /// <summary>The sender answers the oldest request, and the receiver puts what came in its place.</summary>
    private void Answer()
    {
        pause();
        var (entry, blocks) = _asked.Dequeue();
        if (batch.Events.Declines?.Invoke(entry, blocks) == true || Read(entry) is not { } content)
        {
            if (_links.Fail(entry) is { } instead)
                Generate(instead);
            return;
        }
        batch.Events.OnTransferred?.Invoke(new ItemReport { Name = entry.Path.Memory, Mode = entry.Mode, Flags = ItemFlags.Transfer });
        if (faults.Fails(entry))
            Complain($"rsync: [receiver] mkstemp \"/{At(entry).Parent.Child([.. "."u8, .. entry.Path.Name, .. ".Ab1xYz"u8])}\" (in simulated) failed: Permission denied (13)");
        else if (Place(entry, content))
            Finish(entry);
    }

    private byte[]? Read(FileEntry entry)
    {
        var errno = batch.Source.Open(entry.Path, out var file);
        if (errno == Errno.None)
        {
            using (file)
                return Content(file!);
        }
        batch.Events.OnFileFailed?.Invoke(entry, errno);
        return null;
    }

    private static byte[] Content(MemoryTree tree, TreePath path)
    {
        tree.Open(path, out var file);
        using (file)
            return Content(file!);
    }

    private static byte[] Content(SourceFile file)
    {
        var content = new byte[file.Stat.Size];
        file.Read(content, 0, out _);
        return content;
    }

    private bool Place(FileEntry entry, byte[] content)
    {
        var path = At(entry);
        if (faults.IsEnd)
            LeaveHalfWritten(path);
        return Do(() =>
        {
            var errno = tree.Create(path, out var file);
            if (errno != Errno.None)
                return errno;
            using (file)
            {
                file!.Write(content, 0);
                file.SetMetadata(Attributes(entry), out _);
                return file.Commit();
            }
        });
    }

    /// <summary>As one does that was killed.</summary>
    private void LeaveHalfWritten(TreePath path)
    {
        if (tree.OpenInPlace(path.Parent.Child(".half.written"u8), out var left) == Errno.None)
            left!.Dispose();
    }

    private void Delete(TreePath path)
    {
        var names = new List<DirectoryEntry>();
        tree.List(path, names);
        foreach (var name in names.Where(name => _filters.Check(path.Child(name.Name), name.Kind == FileKind.Directory).IsIncluded))
            Delete(path.Child(name.Name));
        tree.Stat(path, out var stat);
        if (Do(() => stat.IsDirectory ? tree.RemoveDirectory(path) : tree.Unlink(path)))
            onDeleted(path.RelativeTo(_top).Memory);
    }

    private bool IsSame(FileEntry entry, in FileStat stat) => stat.IsRegular && !batch.Options.Comparison.IgnoreTimes && (entry.Length, entry.Mtime) == (stat.Size, stat.Mtime);

    private void Set(FileEntry entry) => tree.SetMetadata(At(entry), Attributes(entry), out _);

    private static Metadata Attributes(FileEntry entry) => new() { Mode = entry.Mode, Uid = entry.Uid, Gid = entry.Gid, Mtime = entry.Mtime };

    private void Report(FileEntry entry, ItemFlags flags, ReadOnlyMemory<byte> xname = default) =>
        batch.Events.OnItem?.Invoke(new ItemReport { Name = entry.Path.Memory, Mode = entry.Mode, Flags = flags, Xname = xname });

    private TreePath At(FileEntry entry) => _top.Append(entry.Path);

    /// <summary>One step at the tree; the session may end before it.</summary>
    private bool Do(Func<Errno> step)
    {
        faults.Step();
        var errno = step();
        if (errno != Errno.None)
            Complain(string.Create(CultureInfo.InvariantCulture, $"rsync: [generator] failed: {errno} ({(int)errno})"));
        return errno == Errno.None;
    }

    private void Complain(string text) => _errors.Add(text);
}
