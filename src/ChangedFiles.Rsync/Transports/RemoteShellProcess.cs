using System.Runtime.InteropServices;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Transports;

/// <summary>The running command of a <see cref="RemoteShell"/>; its connection owns it.</summary>
internal sealed class RemoteShellProcess : IDisposable
{
    private const int MaxErrorText = 16 << 10;
    private const int QuotedLines = 4;

    // The shell's own failure, as ssh tells it, and the two that a POSIX shell has for a program it cannot run.
    private const int ShellFailed = 255;
    private const int NotRunnable = 126;
    private const int NotFound = 127;

    /// <summary>How long a command may take to end after its streams have been closed.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly ChildProcess _child;
    private readonly MemoryFile? _errors;

    private RemoteShellProcess(ChildProcess child, MemoryFile? errors) => (_child, _errors) = (child, errors);

    /// <summary>Starts the command.</summary>
    /// <param name="connection">The way to the peer, which owns the process.</param>
    /// <param name="cancellation">Ends every wait on the connection.</param>
    /// <exception cref="RsyncException">It cannot be started (<see cref="ExitCode.Ipc"/>).</exception>
    public static RemoteShellProcess Start(RemoteShellRequest request, out Connection connection, CancellationToken cancellation)
    {
        var (childInput, output) = ChildProcess.Pipe();
        var (input, childOutput) = ChildProcess.Pipe();
        var errors = request.Unattended ? new MemoryFile(MaxErrorText) : null;
        using (childInput)
        using (childOutput)
        {
            var errno = Start(request.Words, childInput, childOutput, errors, out var child);
            if (errno == Errno.None)
            {
                var process = new RemoteShellProcess(child!, errors);
                connection = new Connection(input, output, owner: process, cancellation: cancellation) { LastWords = process.LastWords };
                return process;
            }
            input.Dispose();
            output.Dispose();
            errors?.Dispose();
            throw new RsyncException(ExitCode.Ipc, SessionStage.Connect,
                $"Failed to exec {TreePath.Printable(request.Words[0])}: {errno.Describe()} ({(int)errno})");
        }
    }

    /// <summary>Starts a command that stands for a connection to a daemon, which wants one socket for both directions.</summary>
    /// <exception cref="RsyncException">It cannot be started (<see cref="ExitCode.SocketIO"/>).</exception>
    public static Connection StartOverSocket(IReadOnlyList<byte[]> words, CancellationToken cancellation)
    {
        // Of TCP: a daemon asks who is at the other end.
        var (ours, theirs) = TcpTransport.LoopbackPair();
        using (theirs)
        {
            var errno = Start(words, theirs.SafeHandle, theirs.SafeHandle, null, out var child);
            if (errno == Errno.None)
                return new Connection(ours.SafeHandle, ours.SafeHandle, isTcp: true, new RemoteShellProcess(child!, null), cancellation);
        }
        ours.Dispose();
        throw new RsyncException(ExitCode.SocketIO, SessionStage.Connect, $"cannot start {TreePath.Printable(words[0])}");
    }

    private static Errno Start(IReadOnlyList<byte[]> words, SafeHandle input, SafeHandle output, MemoryFile? errors, out ChildProcess? child) =>
        ChildProcess.Start(
            new ChildStart
            {
                Program = words[0],
                Arguments = words,
                Environment = OwnEnvironment(),
                OwnGroup = errors is not null,
                Input = input,
                Output = output,
                Error = errors?.Handle ?? new SafeFileHandle(2, ownsHandle: false),
            },
            out child);

    /// <summary>What the command said, and how it ended, tell more than the streams that it closed.</summary>
    internal RsyncException Explain(RsyncException failure)
    {
        if (failure.ExitCode is ExitCode.Timeout)
            return new RsyncException(ExitCode.Timeout, SessionStage.Setup, $"the remote shell gave no answer in time{Quoted()}", failure);
        var code = ExitCodeOf(TimeSpan.FromSeconds(1));
        var advice = code switch
        {
            ShellFailed => "the remote shell failed",
            NotFound => "rsync was not found on the other side: install it there, or say with --rsync-path where it is",
            NotRunnable => "rsync cannot be run on the other side",
            _ => failure.Message,
        };
        var exitCode = code switch
        {
            ShellFailed => (ExitCode)ShellFailed,
            NotFound => ExitCode.CommandNotFound,
            NotRunnable => ExitCode.CommandNotRunnable,
            _ => failure.ExitCode,
        };
        return new RsyncException(exitCode, failure.Stage, advice + Quoted(), failure);
    }

    /// <summary>Waits a while for the command to end, after its streams have been closed.</summary>
    /// <returns>Its exit code; 0 when it does not end.</returns>
    public int WaitForExit() => ExitCodeOf(EndLimit) ?? 0;

    /// <summary>Its exit code, if it has ended or is about to.</summary>
    public int? ExitCodeSoon() => ExitCodeOf(TimeSpan.FromMilliseconds(200));

    /// <summary>
    /// The streams are closed, so it ends by itself in the time of a few network round trips; nobody waits for that.
    /// </summary>
    public void Dispose()
    {
        _errors?.Dispose();
        if (_child.TryReap(out _))
            _child.Dispose();
        else
            ThreadPool.UnsafeQueueUserWorkItem(EndInTime, _child, preferLocal: false);
    }

    private static void EndInTime(ChildProcess child)
    {
        WaitForEnd(child, EndLimit);
        child.Dispose();
    }

    private static void WaitForEnd(ChildProcess child, TimeSpan limit)
    {
        Span<PollEntry> entries = [new(child.Descriptor, PollEvents.Readable)];
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (Poll.Wait(entries, (int)Math.Max(0, deadline - Environment.TickCount64)) == 0 && Environment.TickCount64 < deadline)
        {
            // The end of any child interrupts the wait.
        }
    }

    private int? ExitCodeOf(TimeSpan limit)
    {
        WaitForEnd(_child, limit);
        return _child.TryReap(out var code) ? code : null;
    }

    /// <summary>The last lines of what it said; null when it said nothing.</summary>
    private string? LastWords()
    {
        if (_errors is null)
            return null;
        var text = _errors.Text();
        text.AsSpan().Replace((byte)'\r', (byte)'\n');
        var lines = new List<string>();
        foreach (var line in text.AsSpan().Split((byte)'\n'))
        {
            if (!text.AsSpan(line).Trim((byte)' ').IsEmpty)
                lines.Add(TreePath.Printable(text.AsSpan(line)));
        }
        return lines.Count == 0 ? null : string.Join("; ", lines.TakeLast(QuotedLines));
    }

    private string Quoted() => LastWords() is { } words ? $": {words}" : "";

    private static List<byte[]> OwnEnvironment()
    {
        var block = File.ReadAllBytes("/proc/self/environ").AsSpan();
        var entries = new List<byte[]>();
        foreach (var range in block.Split((byte)0))
        {
            if (!block[range].IsEmpty)
                entries.Add(block[range].ToArray());
        }
        return entries;
    }
}
