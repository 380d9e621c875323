using System.Text;
using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.TestKit;

/// <summary>
/// Operations on a tree by paths of raw bytes, relative to its top. Links are not followed at the end of a path. What the kernel
/// refuses is the answer, not an exception: writers that race each other meet it all the time.
/// </summary>
public sealed class RawTree : IDisposable
{
    private readonly SafeFileHandle _root;

    public RawTree(string directory)
    {
        LinuxException.ThrowIf(Directories.OpenRoot(Encoding.UTF8.GetBytes(directory), out var root), "open", directory);
        _root = root!;
    }

    public void Dispose() => _root.Dispose();

    public Errno Stat(ReadOnlySpan<byte> path, out FileStat stat) => Inodes.Stat(_root, path, out stat);

    /// <summary>The names in a directory in byte order; "." is the top.</summary>
    public List<byte[]> List(ReadOnlySpan<byte> path)
    {
        var names = new List<byte[]>();
        if (Directories.Open(_root, path, readable: true, out var handle) != Errno.None)
            return names;
        using (handle)
        {
            var buffer = new byte[32 << 10];
            while (Directories.Read(handle!, buffer, out var length) == Errno.None && length > 0)
            {
                foreach (var entry in new DirectoryEntries(buffer.AsSpan(0, length)))
                    names.Add(entry.Name.ToArray());
            }
        }
        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    public Errno Mkdir(ReadOnlySpan<byte> path, uint permissions = 0b111_101_101)
    {
        var error = Directories.Make(_root, path, permissions);
        return error == Errno.None ? Chmod(path, permissions) : error;
    }

    /// <summary>Makes a new file.</summary>
    public Errno Create(ReadOnlySpan<byte> path, ReadOnlySpan<byte> content, uint permissions = 0b110_100_100)
    {
        var error = FileData.Create(_root, path, permissions, out var file);
        using (file)
            return error == Errno.None ? FileData.Write(file!, content, 0) : error;
    }

    /// <summary>Writes into a regular file that exists, at an offset from its start.</summary>
    public Errno Write(ReadOnlySpan<byte> path, ReadOnlySpan<byte> content, long offset = 0) =>
        Change(path, (file, bytes) => FileData.Write(file, bytes, offset), content);

    /// <summary>Writes behind the end of a regular file.</summary>
    public Errno Append(ReadOnlySpan<byte> path, ReadOnlySpan<byte> content) =>
        Stat(path, out var stat) is var error && error != Errno.None ? error : Write(path, content, stat.Size);

    /// <summary>Cuts a regular file, or makes it longer with a hole.</summary>
    public Errno Truncate(ReadOnlySpan<byte> path, long length) => Change(path, (file, _) => FileData.SetLength(file, length));

    public Errno Symlink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target) => Names.Symlink(target, _root, path);

    public Errno Link(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> path) => Names.Link(_root, existing, _root, path);

    public Errno Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Names.Rename(_root, from, _root, to);

    /// <summary>Makes a fifo, socket or (as root) a device.</summary>
    public Errno Node(ReadOnlySpan<byte> path, FileKind kind, uint permissions = 0b110_100_100, uint major = 0, uint minor = 0) =>
        Names.MakeNode(_root, path, (uint)kind | permissions, major, minor);

    public Errno Chmod(ReadOnlySpan<byte> path, uint permissions) => Inodes.SetMode(_root, path, permissions);

    public Errno Chown(ReadOnlySpan<byte> path, uint? uid, uint? gid) => Inodes.SetOwner(_root, path, uid, gid);

    public Errno Touch(ReadOnlySpan<byte> path, FileTime mtime) => Inodes.SetTimes(_root, path, null, mtime);

    /// <summary>Removes whatever it is, a directory with all it holds. Returns the last error when something stays.</summary>
    public Errno Remove(ReadOnlySpan<byte> path)
    {
        var error = Names.Unlink(_root, path);
        if (error != Errno.EISDIR)
            return error;
        foreach (var name in List(path))
            Remove(Join(path, name));
        return Directories.Remove(_root, path);
    }

    /// <summary>The path of a name in a directory; "." is the top.</summary>
    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory.SequenceEqual("."u8) ? name.ToArray() : [.. directory, (byte)'/', .. name];

    private delegate Errno FileChange(SafeFileHandle file, ReadOnlySpan<byte> content);

    private Errno Change(ReadOnlySpan<byte> path, FileChange change, ReadOnlySpan<byte> content = default)
    {
        var error = FileData.OpenToWrite(_root, path, out var file);
        if (error != Errno.None)
            return error;
        using (file)
            return Inodes.Stat(file!, out var stat) == Errno.None && stat.IsRegular ? change(file!, content) : Errno.EINVAL;
    }
}
