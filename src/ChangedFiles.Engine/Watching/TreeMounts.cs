using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Watching;

/// <summary>The mount points inside a tree, and whether the tree itself is still where it was.</summary>
internal sealed class TreeMounts : IDisposable
{
    private readonly SafeFileHandle _root;
    private readonly MountTable _table = new();
    private readonly int _rootMount;
    private readonly bool _rootWasListed;
    private HashSet<(int Id, TreePath Point)> _inside = [];
    private HashSet<int> _overRoot = [];
    private HashSet<TreePath> _points = [];

    public TreeMounts(SafeFileHandle root)
    {
        _root = root;
        _rootMount = MountTable.MountOf(root);
        // A mount outside of this process's view (in a chroot) is not listed and so cannot be seen to go.
        _rootWasListed = _table.Read().Exists(mount => mount.Id == _rootMount);
        Refresh();
        RootGone = false;
    }

    /// <summary>Has <see cref="PollEvents.Priority"/> once after a change.</summary>
    public int Descriptor => _table.Descriptor;

    /// <summary>The root was unmounted, or something was mounted over it.</summary>
    public bool RootGone { get; private set; }

    /// <summary>True when another file system (or another part of the same one) is mounted there.</summary>
    public bool IsMountPoint(TreePath path) => _points.Contains(path);

    public bool Any => _points.Count > 0;

    /// <summary>Reads the table again; the points at which something came or went.</summary>
    public List<TreePath> Refresh()
    {
        Span<byte> buffer = stackalloc byte[TreePath.MaxLength + 1];
        // A root so deep that its path cannot be told has no mount points that could be told either.
        if (DescriptorPath.Read(_root, buffer, out var length) != Errno.None)
            return [];
        var root = buffer[..length];
        var inside = new HashSet<(int Id, TreePath Point)>();
        var overRoot = new HashSet<int>();
        var rootMounted = !_rootWasListed;
        foreach (var mount in _table.Read())
        {
            rootMounted |= mount.Id == _rootMount;
            if (TryRelate(mount.Point, root, out var point))
                inside.Add((mount.Id, point));
            else if (mount.Point.AsSpan().SequenceEqual(root))
                overRoot.Add(mount.Id);
        }
        RootGone |= !rootMounted || overRoot.Any(id => !_overRoot.Contains(id));
        var changed = inside.Except(_inside).Concat(_inside.Except(inside)).Select(mount => mount.Point).Distinct().ToList();
        (_inside, _overRoot, _points) = (inside, overRoot, [.. inside.Select(mount => mount.Point)]);
        return changed;
    }

    public void Dispose() => _table.Dispose();

    private static bool TryRelate(ReadOnlySpan<byte> point, ReadOnlySpan<byte> root, out TreePath relative)
    {
        relative = default;
        var prefix = root.SequenceEqual("/"u8) ? [] : root;
        return point.Length > prefix.Length + 1 && point.StartsWith(prefix) && point[prefix.Length] == '/'
            && TreePath.TryParse(point[(prefix.Length + 1)..], out relative);
    }
}
