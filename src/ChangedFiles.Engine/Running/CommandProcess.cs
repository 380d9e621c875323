using System.Diagnostics;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Running;

/// <summary>How a command ended.</summary>
internal readonly record struct CommandEnd(int ExitCode, bool WasKilled, string LastLine);

/// <summary>
/// One command from its start to its end: feeds its input, passes its output on line by line, ends it with its children when asked to.
/// One thread waits for all of that in one poll(2).
/// </summary>
internal sealed class CommandProcess : IDisposable
{
    /// <summary>Longer lines are cut, so that a command cannot fill the memory.</summary>
    private const int MaxLine = 4096;

    /// <summary>Between the request to end and the order to.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ChildProcess _child;
    private readonly SafeFileHandle _output;
    private readonly SafeFileHandle _input;
    private readonly Action<string> _line;
    private readonly List<byte> _partial = [];
    private ReadOnlyMemory<byte> _unsent;
    private string _last = "";

    private CommandProcess(
        ChildProcess child, SafeFileHandle input, SafeFileHandle output, ReadOnlyMemory<byte> unsent, Action<string> line)
    {
        _child = child;
        _input = input;
        _output = output;
        _unsent = unsent;
        _line = line;
        if (unsent.IsEmpty)
            _input.Dispose();
    }

    /// <summary>The process group of the command and its children.</summary>
    public int Group => _child.Id;

    /// <summary>Starts a command. <paramref name="line"/> gets what it says, from the thread that calls <see cref="Wait"/>.</summary>
    public static Errno Start(
        Func<SafeFileHandle, SafeFileHandle, ChildStart> start, ReadOnlyMemory<byte> input, Action<string> line,
        out CommandProcess? process)
    {
        process = null;
        var (childInput, ourInput) = ChildProcess.Pipe();
        var (ourOutput, childOutput) = ChildProcess.Pipe();
        using (childInput)
        using (childOutput)
        {
            var errno = ChildProcess.Start(start(childInput, childOutput), out var child);
            if (errno == Errno.None)
            {
                Descriptors.SetNonBlocking(ourInput);
                Descriptors.SetNonBlocking(ourOutput);
                process = new CommandProcess(child!, ourInput, ourOutput, input, line);
                return errno;
            }
            ourInput.Dispose();
            ourOutput.Dispose();
            return errno;
        }
    }

    /// <summary>
    /// Waits for the end, which <paramref name="cancellation"/> brings about. What the command left running in the background then
    /// is let run, but for a cancelled one.
    /// </summary>
    public CommandEnd Wait(CancellationToken cancellation)
    {
        using var cancelled = new Wakeup();
        using var registration = cancellation.Register(cancelled.Raise);
        var ended = false;
        long? killAt = null;
        int code;
        while (!_child.TryReap(out code))
        {
            Span<PollEntry> entries =
            [
                new(_child.Descriptor, PollEvents.Readable),
                new(ended ? -1 : (int)_output.DangerousGetHandle(), PollEvents.Readable),
                new(_unsent.IsEmpty ? -1 : (int)_input.DangerousGetHandle(), PollEvents.Writable),
                new(killAt is null ? cancelled.Descriptor : -1, PollEvents.Readable),
            ];
            Poll.Wait(entries, killAt is null ? -1 : MillisecondsUntil(killAt.Value));
            if (entries[1].Came != PollEvents.None)
                ended = !ReadOutput();
            if (entries[2].Came != PollEvents.None)
                WriteInput();
            if (killAt is null && cancellation.IsCancellationRequested)
            {
                _child.Signal(ChildProcess.SIGTERM);
                killAt = Stopwatch.GetTimestamp() + (long)(Grace.TotalSeconds * Stopwatch.Frequency);
            }
            else if (killAt <= Stopwatch.GetTimestamp())
            {
                _child.Signal(ChildProcess.SIGKILL);
            }
        }
        if (killAt is not null)
            _child.Signal(ChildProcess.SIGKILL);
        ReadOutput();
        FlushLine();
        return new CommandEnd(code, killAt is not null, _last);
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _child.Dispose();
    }

    private static int MillisecondsUntil(long timestamp) =>
        (int)Math.Max(1, Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp).TotalMilliseconds);

    /// <summary>Takes what is there; false at the end of the output.</summary>
    private bool ReadOutput()
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (true)
        {
            var errno = Descriptors.TryRead(_output, buffer, out var read);
            if (errno == Errno.EAGAIN)
                return true;
            if (errno != Errno.None || read == 0)
                return false;
            foreach (var b in buffer[..read])
            {
                if (b == '\n')
                    FlushLine();
                else if (_partial.Count < MaxLine)
                    _partial.Add(b);
            }
        }
    }

    private void FlushLine()
    {
        if (_partial.Count == 0)
            return;
        _last = TreePath.Printable([.. _partial]);
        _partial.Clear();
        _line(_last);
    }

    // A command need not read its input: that it closed it is its own business.
    private void WriteInput()
    {
        var errno = Descriptors.TryWrite(_input, _unsent.Span, out var written);
        _unsent = errno is Errno.None or Errno.EAGAIN ? _unsent[written..] : default;
        if (_unsent.IsEmpty)
            _input.Dispose();
    }
}
