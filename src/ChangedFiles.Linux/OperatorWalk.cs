using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>Goes along a path name by name, each looked at before it is followed, up to the last: <see cref="Name"/> in <see cref="Directory"/>.</summary>
/// <param name="anyLink">The links of all users are followed.</param>
internal sealed class OperatorWalk(bool anyLink) : IDisposable
{
    // The kernel's own bounds.
    private const int MaxLinks = 40;
    private const int MaxTarget = 4096;

    // Links there lead where no text tells, as that of a pipe in /dev/fd; the kernel made them.
    private const long ProcMagic = 0x9FA0;

    private readonly Stack<byte[]> _names = [];
    private int _links;

    public SafeFileHandle Directory { get; private set; } = new();

    /// <summary>"." for <see cref="Directory"/> itself.</summary>
    public byte[] Name { get; private set; } = [];

    /// <summary>The last name is a link of the kernel's own to something that has no path, as a pipe.</summary>
    public bool IsNameless { get; private set; }

    /// <summary>How the last name is opened: as what was found to be no link.</summary>
    public int LastFlags => IsNameless ? 0 : OpenFlags.NoFollow;

    /// <summary>Ends in front of the last name, which is no link, or is missing.</summary>
    public Errno To(ReadOnlySpan<byte> path) => path.IsEmpty ? Errno.ENOENT : Go(Restart("."u8), path);

    /// <summary>The same from a directory, or itself.</summary>
    public Errno To(SafeFileHandle start, ReadOnlySpan<byte> path)
    {
        var error = Resolution.OpenAt(start, "."u8, Directories.NamesOnly, 0, out var directory);
        return Go(error == Errno.None ? Enter(ref directory) : error, path);
    }

    /// <summary>Where that is, without links, "/" at the end.</summary>
    public byte[] Location()
    {
        var buffer = new byte[MaxTarget];
        if (DescriptorPath.Read(Directory, buffer, out var length) != Errno.None)
            return [];
        ReadOnlySpan<byte> directory = buffer.AsSpan(0, length).TrimEnd((byte)'/');
        return Name is [(byte)'.'] ? [.. directory, (byte)'/'] : [.. directory, (byte)'/', .. Name, (byte)'/'];
    }

    public void Dispose() => Directory.Dispose();

    private Errno Go(Errno error, ReadOnlySpan<byte> path)
    {
        if (error == Errno.None)
            error = Push(path);
        while (error == Errno.None && _names.TryPop(out var name))
            error = Step(name);
        return error;
    }

    private Errno Step(byte[] name)
    {
        var isLast = _names.Count == 0;
        var error = Resolution.OpenAt(Directory, name, OpenFlags.PathOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0, out var found);
        if (error == Errno.None)
            error = Inodes.Stat(found!, out var stat) is not Errno.None and var unknown ? unknown
                : stat.IsSymlink ? Follow(found!, stat, name)
                : isLast && name is not [(byte)'.', (byte)'.'] ? Stop(name)
                : Enter(ref found);
        else if (error == Errno.ENOENT && isLast)
            error = Stop(name);
        found?.Dispose();
        return error;
    }

    private Errno Stop(byte[] name)
    {
        Name = name;
        return Errno.None;
    }

    private Errno Enter(ref SafeFileHandle? directory)
    {
        Directory.Dispose();
        (Directory, directory, Name) = (directory!, null, [(byte)'.']);
        return Errno.None;
    }

    private Errno Follow(SafeFileHandle link, in FileStat stat, byte[] name)
    {
        if (++_links > MaxLinks || !(anyLink || stat.Uid == 0 || stat.Uid == Accounts.EffectiveUser))
            return Errno.ELOOP;
        if (FileSystems.Stat(Directory, out var place) == Errno.None && place.Type == ProcMagic)
            return FollowInProc(name);
        var target = new byte[MaxTarget];
        var error = Names.ReadLink(link, [], target, out var length);
        return error == Errno.None ? Push(target.AsSpan(0, length)) : error;
    }

    private Errno FollowInProc(byte[] name)
    {
        if (_names.Count == 0)
        {
            IsNameless = true;
            return Stop(name);
        }
        var error = Resolution.OpenAt(Directory, name, Directories.NamesOnly, 0, out var directory);
        return error == Errno.None ? Enter(ref directory) : error;
    }

    /// <summary>A path comes before what is left; one from the top starts there.</summary>
    private Errno Push(ReadOnlySpan<byte> path)
    {
        var parts = new List<byte[]>();
        var below = path;
        while (below is [(byte)'/', ..])
            below = below[1..];
        foreach (var part in new PathParts(below))
            parts.Add(part.IsEmpty ? [(byte)'.'] : part.ToArray());
        for (var i = parts.Count - 1; i >= 0; i--)
            _names.Push(parts[i]);
        return path.StartsWith("/"u8) ? Restart("/"u8) : Errno.None;
    }

    private Errno Restart(ReadOnlySpan<byte> at)
    {
        var error = Directories.OpenRoot(at, out var directory);
        return error == Errno.None ? Enter(ref directory) : error;
    }
}
