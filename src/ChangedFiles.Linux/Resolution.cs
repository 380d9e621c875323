using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>What a path below a directory may lead through.</summary>
public enum LinkPolicy
{
    /// <summary>A symbolic link on the way is <see cref="Errno.ELOOP"/>.</summary>
    Refuse,

    /// <summary>Links are followed while they stay below the directory; one that leaves it is <see cref="Errno.EXDEV"/>.</summary>
    FollowBeneath,

    /// <summary>Links of root's and of the user this runs as are followed wherever they lead; one of another user is <see cref="Errno.ELOOP"/>.</summary>
    FollowTrusted,

    /// <summary>Links are followed wherever they lead, for trees whose content the operator trusts.</summary>
    Follow,
}

/// <summary>Resolves paths beneath a directory: by the kernel in one call, or component by component where it has no openat2 (before 5.6).</summary>
internal static partial class Resolution
{
    private const ulong ResolveNoMagicLinks = 0x02, ResolveNoSymlinks = 0x04, ResolveBeneath = 0x08;

    // With ".." in a link the kernel gives up when anything is renamed meanwhile, and asks to be asked again.
    private const int Attempts = 100;

    /// <summary>Tests turn it off, to walk.</summary>
    public static bool HasOpenAt2 { get; set; } = ProbeOpenAt2();

    /// <summary>Opens what is at a relative path without ".."; a walk refuses links also where they may be followed beneath.</summary>
    public static Errno Open(SafeFileHandle root, ReadOnlySpan<byte> path, int flags, LinkPolicy links, out SafeFileHandle? handle)
    {
        if (links == LinkPolicy.Follow)
            return OpenAt(root, path, flags, 0, out handle);
        if (links == LinkPolicy.FollowTrusted)
            return OpenTrusted(root, path, flags, out handle);
        return HasOpenAt2 ? OpenBeneath(root, path, flags, links, out handle) : Walk(root, path, flags, out handle);
    }

    private static Errno OpenBeneath(SafeFileHandle root, ReadOnlySpan<byte> path, int flags, LinkPolicy links, out SafeFileHandle? handle)
    {
        var how = new OpenHow
        {
            Flags = (ulong)flags,
            Resolve = ResolveBeneath | ResolveNoMagicLinks | (links == LinkPolicy.Refuse ? ResolveNoSymlinks : 0),
        };
        var error = Errno.EAGAIN;
        handle = null;
        for (var i = 0; i < Attempts && error is Errno.EAGAIN or Errno.EINTR; i++)
            error = Opened(openat2(SystemCalls.OpenAt2, root, path, in how, Unsafe.SizeOf<OpenHow>()), out handle);
        return error;
    }

    private static Errno OpenTrusted(SafeFileHandle root, ReadOnlySpan<byte> path, int flags, out SafeFileHandle? handle)
    {
        handle = null;
        // Most have no link at all.
        if (HasOpenAt2 && OpenBeneath(root, path, flags, LinkPolicy.Refuse, out handle) is not Errno.ELOOP and var error)
            return error;
        using var walk = new OperatorWalk(anyLink: false);
        error = walk.To(root, path);
        return error != Errno.None ? error : OpenAt(walk.Directory, walk.Name, flags | walk.LastFlags, 0, out handle);
    }

    /// <summary>Opens or creates one name, which is no symbolic link.</summary>
    public static Errno OpenName(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, uint mode, out SafeFileHandle? handle)
    {
        var error = OpenAt(directory, name, flags | OpenFlags.NoFollow, mode, out handle);
        // With O_DIRECTORY the kernel calls a link "not a directory".
        if (error == Errno.ENOTDIR && Inodes.Stat(directory, name, out var stat) == Errno.None && stat.IsSymlink)
            return Errno.ELOOP;
        return error;
    }

    public static Errno Opened(long result, out SafeFileHandle? handle)
    {
        handle = result < 0 ? null : new SafeFileHandle((nint)result, ownsHandle: true);
        return ErrnoText.Of(result);
    }

    public static Errno OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mode, out SafeFileHandle? handle)
    {
        Errno error;
        do
            error = Opened(openat(directory, path, flags, mode), out handle);
        while (error == Errno.EINTR);
        return error;
    }

    private static Errno Walk(SafeFileHandle root, ReadOnlySpan<byte> path, int flags, out SafeFileHandle? handle)
    {
        handle = null;
        foreach (var range in path.Split((byte)'/'))
        {
            var last = range.End.Value == path.Length;
            var error = OpenName(handle ?? root, path[range], last ? flags : Directories.NamesOnly, 0, out var next);
            handle?.Dispose();
            handle = next;
            if (error != Errno.None)
                return error;
        }
        return Errno.None;
    }

    // A container's filter may answer EPERM for calls it does not know, so any failure of a harmless call means "not there".
    private static bool ProbeOpenAt2()
    {
        if (Directories.OpenRoot("/"u8, out var root) != Errno.None)
            return false;
        using (root)
        {
            var error = OpenBeneath(root!, "."u8, Directories.NamesOnly, LinkPolicy.Refuse, out var handle);
            handle?.Dispose();
            return error == Errno.None;
        }
    }

    /// <summary>The kernel's struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(
        SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long openat2(
        long number, SafeFileHandle directory, [MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path, in OpenHow how, long size);
}
