using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>What to start. Everything is bytes: arguments and environment may hold names that are no text.</summary>
internal sealed record ChildStart
{
    /// <summary>A path, or a name to look for in PATH.</summary>
    public required byte[] Program { get; init; }

    /// <summary>The argument list, the program's own name first.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>The whole environment, each entry as NAME=value.</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>Where it runs; null is this process's own directory.</summary>
    public byte[]? WorkingDirectory { get; init; }

    /// <summary>It leads a process group of its own: the terminal's signals do not reach it, nor may it read from the terminal.</summary>
    public bool OwnGroup { get; init; } = true;

    public required SafeHandle Input { get; init; }
    public required SafeHandle Output { get; init; }
    public required SafeHandle Error { get; init; }
}

/// <summary>
/// A process that this one started (<c>posix_spawn(3)</c>), with default signals and nothing but the three descriptors; unless said otherwise
/// leader of a process group of its own, so that it and what it starts can be ended together.
/// </summary>
internal sealed unsafe partial class ChildProcess : IDisposable
{
    public const int SIGHUP = 1;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;

    private const int PidfdOpen = 434;
    private const short SETPGROUP = 0x02;
    private const short SETSIGDEF_SIGMASK = 0x04 | 0x08;
    private const int O_CLOEXEC = 0x80000;
    private const int WNOHANG = 1;

    // posix_spawnattr_t and posix_spawn_file_actions_t are opaque: 336 and 80 bytes in glibc, less in musl. sigset_t is 128 in both.
    private const int OpaqueSize = 512;
    private const int SignalSetSize = 128;

    private readonly SafeFileHandle _pidfd;
    private readonly bool _ownGroup;
    private int? _status;

    private ChildProcess(int pid, SafeFileHandle pidfd, bool ownGroup) => (Id, _pidfd, _ownGroup) = (pid, pidfd, ownGroup);

    /// <summary>The process id, which is that of its own group too.</summary>
    public int Id { get; }

    /// <summary>Readable (see <see cref="Poll"/>) once the process has ended.</summary>
    public int Descriptor => (int)_pidfd.DangerousGetHandle();

    /// <summary>Starts a program. The caller closes its own ends of the descriptors afterwards.</summary>
    public static Errno Start(ChildStart start, out ChildProcess? child)
    {
        child = null;
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        LinuxException.ThrowIf((Errno)posix_spawn_file_actions_init(actions), "posix_spawn");
        LinuxException.ThrowIf((Errno)posix_spawnattr_init(attributes), "posix_spawn");
        var strings = new List<nint>();
        try
        {
            Prepare(actions, attributes, start);
            var program = Native(strings, start.Program);
            var arguments = Natives(strings, start.Arguments);
            var environment = Natives(strings, start.Environment);
            int pid;
            Errno errno;
            fixed (nint* argv = arguments, envp = environment)
                errno = (Errno)posix_spawnp(&pid, (byte*)program, actions, attributes, argv, envp);
            if (errno == Errno.None)
                child = new ChildProcess(pid, OpenPidfd(pid), start.OwnGroup);
            return errno;
        }
        finally
        {
            strings.ForEach(text => NativeMemory.Free((void*)text));
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>A pipe: what is written to the second end is read from the first.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        Span<int> ends = stackalloc int[2];
        LinuxException.ThrowIf(ErrnoText.Of(pipe2(ends, O_CLOEXEC)), "pipe");
        return (new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true));
    }

    /// <summary>The process group of a process; 0 when there is no such process.</summary>
    public static int GroupOf(int pid) => Math.Max(0, getpgid(pid));

    /// <summary>Sends a signal to any process; false when there is no such process or it is another user's.</summary>
    public static bool Signal(int pid, int signal) => pid > 0 && kill(pid, signal) == 0;

    /// <summary>Sends a signal to the process, and to everything it started that stayed in its own group.</summary>
    public void Signal(int signal) => _ = kill(_ownGroup ? -Id : Id, signal);

    /// <summary>Takes the exit of an ended process. False while it runs.</summary>
    /// <param name="code">The exit code, or 128 + the signal that ended it, as shells say it.</param>
    public bool TryReap(out int code)
    {
        if (_status is null)
        {
            int status;
            if (waitpid(Id, &status, WNOHANG) == Id)
                _status = (status & 0x7F) == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F);
        }
        code = _status ?? 0;
        return _status is not null;
    }

    /// <summary>Ends the group when the process still runs, and reaps it.</summary>
    public void Dispose()
    {
        if (!TryReap(out _))
        {
            Signal(SIGKILL);
            int status;
            _ = waitpid(Id, &status, 0);
            _status = 128 + SIGKILL;
        }
        _pidfd.Dispose();
    }

    private static void Prepare(byte* actions, byte* attributes, ChildStart start)
    {
        SafeHandle[] handles = [start.Input, start.Output, start.Error];
        for (var i = 0; i < handles.Length; i++)
        {
            var errno = (Errno)posix_spawn_file_actions_adddup2(actions, (int)handles[i].DangerousGetHandle(), i);
            LinuxException.ThrowIf(errno, "posix_spawn");
        }
        if (start.WorkingDirectory is { } directory)
            LinuxException.ThrowIf((Errno)posix_spawn_file_actions_addchdir_np(actions, directory), "posix_spawn");
        byte* signals = stackalloc byte[SignalSetSize];
        new Span<byte>(signals, SignalSetSize).Clear();
        _ = posix_spawnattr_setsigmask(attributes, signals);
        new Span<byte>(signals, SignalSetSize).Fill(0xFF);
        _ = posix_spawnattr_setsigdefault(attributes, signals);
        _ = posix_spawnattr_setpgroup(attributes, 0);
        _ = posix_spawnattr_setflags(attributes, (short)(SETSIGDEF_SIGMASK | (start.OwnGroup ? SETPGROUP : 0)));
    }

    private static SafeFileHandle OpenPidfd(int pid)
    {
        var descriptor = (int)syscall(PidfdOpen, pid, 0);
        LinuxException.ThrowIf(ErrnoText.Of(descriptor), "pidfd_open");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static nint[] Natives(List<nint> strings, IReadOnlyList<byte[]> texts) =>
        [.. texts.Select(text => Native(strings, text)), 0];

    private static nint Native(List<nint> strings, ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)0))
            throw new ArgumentException("an argument or variable of a program holds no NUL");
        var copy = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        copy[text.Length] = 0;
        strings.Add((nint)copy);
        return (nint)copy;
    }

    [LibraryImport("libc")]
    private static partial int posix_spawnp(int* pid, byte* file, byte* actions, byte* attributes, nint* argv, nint* envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int target);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addchdir_np(
        byte* actions, [System.Runtime.InteropServices.Marshalling.MarshalUsing(typeof(NulTerminated))] ReadOnlySpan<byte> path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setpgroup(byte* attributes, int group);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(Span<int> ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint pid, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpgid(int pid);
}
