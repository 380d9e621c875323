using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// Keeps what is replaced or deleted (<c>--backup</c>), beside it under another name or in a directory of its own. Both threads use it.
/// </summary>
internal sealed class BackupStore
{
    private const uint NewDirectory = 0x1C0;

    private readonly Reception _reception;
    private readonly byte[] _suffix;
    private readonly Lazy<SideDirectory>? _directory;

    public BackupStore(Reception reception)
    {
        _reception = reception;
        var writing = reception.Options.Writing;
        _suffix = ArgumentText.Encode(writing.BackupSuffix);
        if (writing.BackupDir is not { } directory)
            return;
        var found = new SideDirectory(reception, directory, make: false);
        if (found.Error == Errno.ENOTDIR || (found.IsInside && found.Tree.Stat(found.Path, out var stat) == Errno.None && !stat.IsDirectory))
            throw new RsyncException(ExitCode.SyntaxOrUsage, SessionStage.FileList, $"The backup-dir is not a directory: {directory}");
        // It is made for the first file.
        _directory = new Lazy<SideDirectory>(() => found.IsInside || found.Error == Errno.None ? found : Made(reception, directory));
        if (reception.Half.Report.Info[InfoFlag.Backup] > 0)
            reception.Session.Say(MessageCode.Info, Messages.BackupDirectory(directory, found.Error != Errno.None));
    }

    private static SideDirectory Made(Reception reception, string directory)
    {
        var made = new SideDirectory(reception, directory, make: true);
        return made.Error == Errno.None
            ? made
            : throw new RsyncException(ExitCode.FileIO, SessionStage.FileList, $"cannot use directory \"{directory}\": {Reception.Reason(made.Error)}");
    }

    /// <summary>False for what is a backup itself.</summary>
    public bool IsWanted(TreePath path) =>
        _directory is not null || !(path.Name.Length > _suffix.Length && path.Name.EndsWith(_suffix));

    /// <summary>Keeps what is at <paramref name="path"/>.</summary>
    /// <param name="moves">It is to go from its place in any case; otherwise it stays until it is replaced, where that can be done.</param>
    /// <returns>False when it could not be kept; why has been said.</returns>
    public bool Save(TreePath path, in FileStat stat, bool moves)
    {
        if (stat.IsSymlink && IsUnsafe(path))
            return Pass(path, moves);
        var (tree, place) = PlaceOf(path);
        MakeParents(tree, place, path);
        if (tree.Stat(place, out var old) == Errno.None && old.IsDirectory)
            tree.RemoveTree(place);
        var isHere = ReferenceEquals(tree, _reception.Target);
        var error = moves || stat.IsDirectory ? Errno.EXDEV
            : isHere ? tree.MakeLink(place, path, replace: true)
            : tree.LinkFrom(_reception.Target, path, place, replace: true);
        if (error != Errno.None)
            error = isHere ? tree.Rename(path, place) : tree.MoveFrom(_reception.Target, path, place);
        if (error == Errno.EXDEV)
            error = Copy(path, stat, tree, place);
        if (error != Errno.None)
        {
            _reception.Complain("generator", "make_backup: rename", path, error);
            return false;
        }
        Say(path);
        return true;
    }

    private bool IsUnsafe(TreePath path) => _reception.Options.Selection.SafeLinks
        && _reception.Target.ReadLink(path, out var target) == Errno.None && LinkTarget.IsUnsafe(target, path);

    /// <summary>With <c>--safe-links</c> a link that leads out of the tree is not kept; stock says that it was, too.</summary>
    private bool Pass(TreePath path, bool moves)
    {
        if (_reception.Half.Report.Info[InfoFlag.Symsafe] > 0 && _reception.Target.ReadLink(path, out var target) == Errno.None)
            _reception.Session.Say(MessageCode.Info, Messages.NotBackingUpUnsafeLink(Reception.Text(path), ArgumentText.Decode(target)));
        Say(path);
        return !moves || _reception.Target.Unlink(path) == Errno.None;
    }

    /// <summary>Keeps a copy of a file that is then changed where it is.</summary>
    /// <returns>The copy; null when there is none.</returns>
    public BasisFile? SaveCopy(TreePath path, in FileStat stat)
    {
        var (tree, place) = PlaceOf(path);
        MakeParents(tree, place, path);
        var error = FileCopy.Copy(_reception.Target, path, tree, place, MetadataOfCopy(stat));
        if (error != Errno.None)
        {
            _reception.Complain("generator", "make_backup: copy of", path, error);
            return null;
        }
        Say(path);
        return new BasisFile(tree, place);
    }

    private (IFileTarget Tree, TreePath Path) PlaceOf(TreePath path)
    {
        var named = _suffix.Length == 0 ? path : path.Parent.Child([.. path.Name, .. _suffix]);
        return _directory is null ? (_reception.Target, named) : (_directory.Value.Tree, _directory.Value.Path.Append(named));
    }

    /// <summary>As the option was written.</summary>
    private string PrintedPlace(TreePath path)
    {
        var named = Reception.Text(path) + ArgumentText.Decode(_suffix);
        return _directory is null ? named : $"{_directory.Value.Name.TrimEnd('/')}/{named}";
    }

    private void MakeParents(IFileTarget tree, TreePath place, TreePath original)
    {
        if (_directory is null || place.Parent.IsRoot || tree.Stat(place.Parent, out _) == Errno.None)
            return;
        var above = place.Parent.WithParents().ToList();
        var originals = original.Parent.IsRoot ? [] : original.Parent.WithParents().ToList();
        for (var i = 0; i < above.Count; i++)
        {
            if (tree.MakeDirectory(above[i], NewDirectory) != Errno.None)
                continue;
            // Directories of the transfer keep their attributes; those of the option itself get the usual ones.
            var at = i - (above.Count - originals.Count);
            var mode = 0x1FF & ~FileModes.Umask;
            if (at >= 0 && _reception.Target.Stat(originals[at], out var stat) == Errno.None)
                tree.SetMetadata(above[i], new Metadata { Uid = stat.Uid, Gid = stat.Gid, Mode = stat.Mode }, out _);
            else
                tree.SetMetadata(above[i], new Metadata { Mode = mode }, out _);
        }
    }

    private Errno Copy(TreePath path, in FileStat stat, IFileTarget tree, TreePath place)
    {
        var error = stat.Kind switch
        {
            FileKind.Regular => FileCopy.Copy(_reception.Target, path, tree, place, MetadataOfCopy(stat)),
            FileKind.Symlink => _reception.Target.ReadLink(path, out var text) is not Errno.None and var unread
                ? unread : tree.MakeSymlink(place, text, replace: true),
            _ => tree.MakeNode(place, stat.Mode, stat.RdevMajor, stat.RdevMinor, replace: true),
        };
        return error == Errno.None ? _reception.Target.Unlink(path) : error;
    }

    /// <summary>A copy has of the old file what the transfer preserves.</summary>
    private Metadata MetadataOfCopy(in FileStat stat)
    {
        var preserve = _reception.Options.Preserve;
        return new Metadata
        {
            Uid = preserve.Owner ? stat.Uid : null,
            Gid = preserve.Group ? stat.Gid : null,
            Mode = stat.Mode,
            Mtime = preserve.Times ? stat.Mtime : null,
        };
    }

    private void Say(TreePath path)
    {
        if (_reception.Half.Report.Info[InfoFlag.Backup] > 0)
            _reception.Session.Say(MessageCode.Info, Messages.BackedUp(Reception.Text(path), PrintedPlace(path)));
    }
}
