using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChangedFiles.Linux;

namespace ChangedFiles.Engine.Planning;

/// <summary>Another process mirrors the same source to the same destination.</summary>
public sealed class MirrorBusyException(string message) : Exception(message);

/// <summary>
/// What one mirror of one source to one destination keeps over a restart, and the lock that makes it the only one. The file is written anew as a whole and
/// renamed into place; a damaged one, or one of other options, is the same as none.
/// </summary>
/// <remarks>
/// Layout, little-endian: "changedfiles 1\n", u32 length and bytes of what it belongs to, u64 count, count times (u64 path, u64 state), u64 check sum
/// of all before.
/// </remarks>
public sealed class StateFile : IDisposable
{
    private const int EntryLength = 2 * sizeof(ulong);

    /// <summary>More directories than this are not kept: 160 MB.</summary>
    private const int MaxEntries = 10_000_000;

    /// <summary>A process that was killed still has its lock until a program that it was about to start has begun.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly string _aside;
    private readonly byte[] _head;
    private readonly FileStream _lock;
    private bool _isAside;

    private StateFile(string path, byte[] head, FileStream held) => (_path, _aside, _head, _lock) = (path, $"{path}.aside", head, held);

    /// <summary><c>$XDG_STATE_HOME/changedfiles</c>, else in the home directory; <c>/var/lib/changedfiles</c> where there is none.</summary>
    public static string DefaultDirectory { get; } =
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state ? $"{state}/changedfiles"
        : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? $"{home}/.local/state/changedfiles"
        : "/var/lib/changedfiles";

    /// <param name="directory">Made where it is missing.</param>
    /// <param name="source">The real path of the source.</param>
    /// <param name="destination">As the user wrote it.</param>
    /// <param name="variant">Whatever else makes a difference to what is mirrored, and how.</param>
    /// <exception cref="MirrorBusyException">Another process has it, also after a second.</exception>
    /// <exception cref="IOException">It cannot be kept there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be kept there.</exception>
    public static StateFile Open(string directory, string source, string destination, string variant)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var pair = Encoding.UTF8.GetBytes($"{source}\n{destination}");
        var path = string.Create(CultureInfo.InvariantCulture, $"{directory}/{DirectoryDigest.Of(pair):x16}");
        var held = Lock($"{path}.lock")
            ?? throw new MirrorBusyException($"{source} is already mirrored to {destination} by another process (`changedfiles status {source}` shows it)");
        var identity = Encoding.UTF8.GetBytes($"{source}\n{destination}\n{variant}");
        var head = new byte["changedfiles 1\n".Length + sizeof(uint)];
        "changedfiles 1\n"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan("changedfiles 1\n".Length), identity.Length);
        return new StateFile($"{path}.state", [.. head, .. identity], held);
    }

    /// <summary>True when the source was mirrored there before.</summary>
    public bool Exists => File.Exists(_path) || File.Exists(_aside);

    /// <summary>What was written last; empty when that cannot be trusted.</summary>
    public Dictionary<ulong, ulong> Read()
    {
        try
        {
            return Parse(File.ReadAllBytes(_path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Replaces what was written before; after a power failure it is either.</summary>
    /// <returns>False when it could not be written: then there is none, and the next start compares everything.</returns>
    public bool Write(Dictionary<ulong, ulong> entries)
    {
        try
        {
            if (entries.Count > MaxEntries)
                throw new IOException("too many directories");
            using (var file = new FileStream($"{_path}.new", FileMode.Create, FileAccess.Write))
            {
                file.Write(Format(entries));
                file.Flush(flushToDisk: true);
            }
            File.Move($"{_path}.new", _path, overwrite: true);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Until it is put back there is none, also for whoever comes after this process was killed.</summary>
    public void PutAside()
    {
        try
        {
            File.Move(_path, _aside, overwrite: true);
            _isAside = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // There is none.
        }
    }

    public void PutBack()
    {
        if (!_isAside)
            return;
        _isAside = false;
        try
        {
            File.Move(_aside, _path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start compares everything.
        }
    }

    public void Delete()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _ = Write([]);
        }
    }

    public void Dispose() => _lock.Dispose();

    private byte[] Format(Dictionary<ulong, ulong> entries)
    {
        var bytes = new byte[_head.Length + sizeof(ulong) + (entries.Count * EntryLength) + sizeof(ulong)];
        _head.CopyTo(bytes, 0);
        var rest = bytes.AsSpan(_head.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest, entries.Count);
        rest = rest[sizeof(ulong)..];
        foreach (var (path, state) in entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, path);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[sizeof(ulong)..], state);
            rest = rest[EntryLength..];
        }
        BinaryPrimitives.WriteUInt64LittleEndian(rest, DirectoryDigest.Of(bytes.AsSpan(0, bytes.Length - sizeof(ulong))));
        return bytes;
    }

    private Dictionary<ulong, ulong> Parse(ReadOnlySpan<byte> bytes)
    {
        var entries = new Dictionary<ulong, ulong>();
        var rest = bytes.Length - _head.Length - (2 * sizeof(ulong));
        if (rest < 0 || rest % EntryLength != 0 || !bytes.StartsWith(_head)
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[_head.Length..]) != rest / EntryLength
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]) != DirectoryDigest.Of(bytes[..^sizeof(ulong)]))
            return entries;
        entries.EnsureCapacity(rest / EntryLength);
        for (bytes = bytes.Slice(_head.Length + sizeof(ulong), rest); !bytes.IsEmpty; bytes = bytes[EntryLength..])
            entries[BinaryPrimitives.ReadUInt64LittleEndian(bytes)] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]);
        return entries;
    }

    /// <returns>Null when another process has it.</returns>
    private static FileStream? Lock(string path)
    {
        for (var since = Stopwatch.GetTimestamp(); ; Thread.Sleep(10))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException failure) when (failure.HResult == (int)Errno.EAGAIN)
            {
                if (Stopwatch.GetElapsedTime(since) > LockPatience)
                    return null;
            }
        }
    }
}
