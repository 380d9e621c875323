using System.Buffers;
using System.Text;
using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>How a <see cref="LocalTree"/> treats what it finds.</summary>
public sealed record LocalTreeOptions
{
    /// <summary>
    /// Whether a directory on the way to a name may be a symbolic link, and whether <see cref="LocalTree.StatThrough"/>,
    /// opening and listing follow the name itself; by default none is followed (docs/protocol.md 11.6).
    /// What is written never goes through a link in the last name.
    /// </summary>
    public LinkPolicy Links { get; init; }

    /// <summary>How the path of the top is followed; null: wherever it leads.</summary>
    public OperatorPaths? Paths { get; init; }

    /// <summary>Reading a file leaves its access time as it is, where this process may ask for that.</summary>
    public bool KeepAccessTimes { get; init; }

    /// <summary>
    /// Owners, special permissions, devices and symbolic links are not made of what this process may make but noted in an attribute of plain files
    /// (<c>--fake-super</c>), and seen from outside as what they stand for.
    /// </summary>
    public bool FakeSuper { get; init; }
}

/// <summary>Does something with one name in a directory.</summary>
internal delegate Errno NameCall<T>(SafeFileHandle directory, scoped ReadOnlySpan<byte> name, ref T argument)
    where T : allows ref struct;

/// <summary>
/// A directory of this machine, pinned by a handle when it is opened: whatever happens to the path that led to it, this
/// stays the same directory. Everything below is reached by resolving the parent beneath the root and then working on one
/// name in it, never through a symbolic link, never by a path of the machine (docs/protocol.md 11.6, "General scheme").
/// May be used by several threads. Call <see cref="Forget"/> before a batch that must see directories others have moved.
/// </summary>
public sealed partial class LocalTree : IFileTarget, IDisposable
{
    private const int ListBufferSize = 32 << 10;

    // Below this the kernel's own read-ahead has the file before the advice would be worth its call.
    private const long SequentialFrom = 1 << 20;

    private readonly SafeFileHandle _root;
    private readonly DirectoryCache _directories;
    private readonly LocalTreeOptions _options;

    private LocalTree(SafeFileHandle root, LocalTreeOptions options)
    {
        _root = root;
        _options = options;
        _directories = new DirectoryCache(root, options.Links);
    }

    /// <summary>Where the directory is now, without symbolic links: for people, and to see whether one tree is inside another.</summary>
    public string Location => File.ResolveLinkTarget($"/proc/self/fd/{_root.DangerousGetHandle()}", returnFinalTarget: false)!.FullName;

    /// <summary>The directory itself, for taking names in.</summary>
    internal SafeFileHandle Root => _root;

    private bool Follows => _options.Links != LinkPolicy.Refuse;

    /// <summary>Opens the directory at a path of this machine. Symbolic links in it are followed as the options say: it is the operator's word, not a peer's.</summary>
    public static Errno Open(ReadOnlySpan<byte> path, out LocalTree? tree, LocalTreeOptions? options = null)
    {
        SafeFileHandle? root;
        var error = options?.Paths is { } paths ? paths.OpenDirectory(path, out root) : Directories.OpenRoot(path, out root);
        tree = error == Errno.None ? new LocalTree(root!, options ?? new()) : null;
        return error;
    }

    /// <inheritdoc cref="Open(ReadOnlySpan{byte}, out LocalTree?, LocalTreeOptions?)"/>
    public static Errno Open(string path, out LocalTree? tree, LocalTreeOptions? options = null) =>
        Open(Encoding.UTF8.GetBytes(path), out tree, options);

    /// <summary>The directory at <paramref name="path"/> as a tree of its own, pinned in turn.</summary>
    internal Errno OpenTree(TreePath path, out LocalTree? tree)
    {
        var error = Directories.OpenBeneath(_root, path.Bytes, _options.Links, readable: false, out var root);
        tree = error == Errno.None ? new LocalTree(root!, _options) : null;
        return error;
    }

    /// <summary>Lets go of all cached directories: what others moved or replaced since is seen as it is now.</summary>
    internal void Forget() => _directories.Forget();

    public Errno Stat(TreePath path, out FileStat stat)
    {
        stat = default;
        return _options.FakeSuper
            ? At(path, ref stat, static (directory, name, ref stat) => new InodePlace(directory, name).StatFaked(out stat))
            : At(path, ref stat, static (directory, name, ref stat) => Inodes.Stat(directory, name, out stat));
    }

    public Errno StatThrough(TreePath path, out FileStat stat) =>
        Follows ? Inodes.StatThrough(_root, path.Bytes, _options.Links, out stat) : Stat(path, out stat);

    public Errno ReadLink(TreePath path, out byte[] target)
    {
        target = [];
        if (_options.FakeSuper && ReadFakedLink(path, out target) == Errno.None)
            return Errno.None;
        return At(path, ref target, static (directory, name, ref target) =>
        {
            Span<byte> buffer = stackalloc byte[TreePath.MaxLength + 1];
            var error = Names.ReadLink(directory, name, buffer, out var length);
            target = buffer[..length].ToArray();
            return error;
        });
    }

    public Errno List(TreePath directory, List<byte[]> names) =>
        Read(directory, names, static (entry, names) => names.Add(entry.Name.ToArray()));

    public Errno List(TreePath directory, List<DirectoryEntry> entries) =>
        Read(directory, entries, static (entry, entries) => entries.Add(new(entry.Name.ToArray(), entry.Kind, entry.Inode)));

    Errno IFileSource.Look(TreePath directory, out FileStat stat, List<PathStat> found)
    {
        stat = default;
        var error = _directories.OpenReadable(directory.IsRoot ? [] : directory.Bytes, out var handle);
        if (error != Errno.None)
            return error;
        using (handle)
        {
            error = Stat(handle!, [], out stat);
            return error != Errno.None ? error : Read(handle!, (Tree: this, handle, directory, found), static (entry, to) =>
            {
                var path = to.directory.Child(entry.Name);
                FileStat there = default;
                var errno = path.Bytes.Length > TreePath.MaxLength ? Errno.ENAMETOOLONG : to.Tree.Stat(to.handle!, entry.Name, out there);
                to.found.Add(new PathStat(path, errno, there));
            });
        }
    }

    public Errno Open(TreePath path, out SourceFile? file)
    {
        file = null;
        var error = OpenToRead(path, out var handle);
        if (error != Errno.None)
            return error;
        error = RequireRegular(handle!, out var stat);
        if (error != Errno.None)
            return error;
        if (stat.Size >= SequentialFrom)
            FileData.AdviseSequential(handle!);
        file = new LocalSourceFile(handle!, stat);
        return Errno.None;
    }

    public Errno ListXattrs(TreePath path, List<byte[]> names)
    {
        var error = At(path, ref names, static (directory, name, ref names) => XattrSet.List(directory, name, names));
        if (_options.FakeSuper)
            FakeSuper.Show(names);
        return error;
    }

    public Errno GetXattr(TreePath path, ReadOnlySpan<byte> name, out byte[] value)
    {
        if (_options.FakeSuper)
        {
            if (FakeAcl.NoteOf(name) is { IsEmpty: false } note)
                return ReadFakedAcl(path, note, out value);
            name = FakeSuper.Stored(name);
        }
        var call = new XattrCall { Attribute = name, Value = [] };
        var error = At(path, ref call, static (directory, scoped name, ref call) =>
            XattrSet.Get(directory, name, call.Attribute, out call.Value));
        value = call.Value;
        return error;
    }

    /// <summary>The file system that the top of the tree is on.</summary>
    internal Errno StatFileSystem(out FileSystemStat stat) => FileSystems.Stat(_root, out stat);

    public void Dispose()
    {
        _directories.Dispose();
        _root.Dispose();
    }

    /// <summary>Calls with the parent of <paramref name="path"/> and the last name; for the root that is the root itself and ".".</summary>
    private Errno At<T>(TreePath path, ref T argument, NameCall<T> call)
        where T : allows ref struct
    {
        while (true)
        {
            var error = OpenParent(path, out var parent);
            if (error != Errno.None)
                return error;
            using (parent)
            {
                error = call(parent.Handle, path.Name, ref argument);
                if (!parent.WasRemoved(error))
                    return error;
            }
        }
    }

    private Errno OpenToRead(TreePath path, out SafeFileHandle? handle)
    {
        if (Follows)
            return FileData.OpenThrough(_root, path.Bytes, _options.Links, _options.KeepAccessTimes, out handle);
        var call = new OpenCall { KeepAccessTimes = _options.KeepAccessTimes };
        var error = At(path, ref call, static (directory, name, ref call) =>
            FileData.OpenToRead(directory, name, call.KeepAccessTimes, out call.Handle));
        handle = call.Handle;
        return error;
    }

    private Errno OpenParent(TreePath path, out DirectoryCache.Lease parent)
    {
        parent = default;
        return path.Bytes.Length > TreePath.MaxLength ? Errno.ENAMETOOLONG : _directories.Open(path.ParentBytes, out parent);
    }

    private Errno Read<T>(TreePath path, T result, Action<DirectoryEntries, T> add)
    {
        var error = _directories.OpenReadable(path.IsRoot ? [] : path.Bytes, out var handle);
        if (error != Errno.None)
            return error;
        error = Read(handle!, result, add);
        // The names that were listed are what is asked for next.
        if (path.IsRoot)
            handle!.Dispose();
        else
            _directories.Add(path.Bytes, handle!).Dispose();
        return error;
    }

    private static Errno Read<T>(SafeFileHandle directory, T result, Action<DirectoryEntries, T> add)
    {
        Errno error;
        var buffer = ArrayPool<byte>.Shared.Rent(ListBufferSize);
        while ((error = Directories.Read(directory, buffer, out var length)) == Errno.None && length > 0)
        {
            foreach (var entry in new DirectoryEntries(buffer.AsSpan(0, length)))
                add(entry, result);
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return error;
    }

    private Errno Stat(SafeFileHandle directory, ReadOnlySpan<byte> name, out FileStat stat)
    {
        var place = new InodePlace(directory, name);
        return _options.FakeSuper ? place.StatFaked(out stat) : place.Stat(out stat);
    }

    private static Errno RequireRegular(SafeFileHandle handle, out FileStat stat)
    {
        var error = Inodes.Stat(handle, out stat);
        if (error == Errno.None && !stat.IsRegular)
            error = stat.IsDirectory ? Errno.EISDIR : Errno.EINVAL;
        if (error != Errno.None)
            handle.Dispose();
        return error;
    }

    private struct OpenCall
    {
        public bool KeepAccessTimes;
        public SafeFileHandle? Handle;
    }

    private ref struct XattrCall
    {
        public ReadOnlySpan<byte> Attribute;
        public byte[] Value;
    }

    private sealed class LocalSourceFile(SafeFileHandle handle, FileStat stat) : SourceFile
    {
        public override FileStat Stat => stat;

        public override SafeFileHandle? Handle => handle;

        public override Errno Read(Span<byte> buffer, long offset, out int read) => FileData.Read(handle, buffer, offset, out read);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                handle.Dispose();
        }
    }
}
