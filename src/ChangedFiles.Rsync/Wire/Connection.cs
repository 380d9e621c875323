using System.Runtime.InteropServices;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Wire;

/// <summary>
/// The two byte streams to a peer over raw descriptors: a socket, or a pair of pipes. Every wait is one poll(2) that also
/// ends at the I/O time-out, at cancellation, and when a keepalive is due, so nothing above needs a thread or timer for these.
/// One thread may read while another writes; apart from that it belongs to one thread.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly SafeHandle _input;
    private readonly SafeHandle _output;
    private readonly bool _isTcp;
    private readonly IDisposable? _owner;
    private readonly Wakeup _cancelled = new();
    private readonly CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private long _allowance;
    private long _allowanceAt = Environment.TickCount64;
    private long _lastTraffic = Environment.TickCount64;
    private long _lastWrite = Environment.TickCount64;
    private long _lastRead = Environment.TickCount64;
    private long _lastContent = Environment.TickCount64;
    private long _lastContentWritten = Environment.TickCount64;

    /// <summary>Takes ownership of both descriptors (which may be the same) and makes them non-blocking.</summary>
    /// <param name="input">What the peer writes.</param>
    /// <param name="output">What the peer reads.</param>
    /// <param name="isTcp">A TCP socket: its acknowledgements are hurried.</param>
    /// <param name="owner">What would close the descriptors when it is collected; kept alive, and disposed of at the end.</param>
    public Connection(
        SafeHandle input, SafeHandle output, bool isTcp = false, IDisposable? owner = null, CancellationToken cancellation = default)
    {
        (_input, _output, _isTcp, _owner, _cancellation) = (input, output, isTcp, owner, cancellation);
        Descriptors.SetNonBlocking(input);
        Descriptors.SetNonBlocking(output);
        _registration = cancellation.Register(_cancelled.Raise);
    }

    /// <summary>The session ends with <see cref="ExitCode.Timeout"/> when nothing moved in either direction for this long; zero is never.</summary>
    public TimeSpan Timeout { get; set; }

    /// <summary>
    /// A side that shows by itself that it is alive would never find the peer silent. With this the session also ends when nothing at all came
    /// for three times the <see cref="Timeout"/>, as a peer that is only busy shows itself more often than that; and when nothing but keepalives
    /// came for sixty times it, because two sides that wait for each other answer those for ever.
    /// </summary>
    internal bool LimitsSilence { get; set; }

    /// <summary>
    /// The same for a side whose own work may take longer than that: only what it waits for, without a byte, for three times the
    /// <see cref="Timeout"/> is the end.
    /// </summary>
    internal bool LimitsWaits { get; set; }

    /// <summary>
    /// Where it is set, the session also ends when nothing but keepalives came and went for the <see cref="LongestPause"/> and a second for each
    /// MiB of this: bytes that the other side may have to read or write without a word.
    /// </summary>
    internal Func<long>? BytesInWork { get; set; }

    /// <summary>Goes with <see cref="BytesInWork"/>; it is sixty times the <see cref="Timeout"/> where that is more.</summary>
    internal TimeSpan LongestPause { get; init; } = TimeSpan.FromHours(1);

    /// <summary>In the middle of a file, whose sender flushes what it has with every keepalive: nothing else for three times the <see cref="Timeout"/> is the end.</summary>
    internal bool ExpectsData { get; set; }

    /// <summary>When every wait ends with <see cref="ExitCode.Timeout"/>, whatever moves meanwhile; in <see cref="Environment.TickCount64"/>.</summary>
    internal long Deadline { get; set; } = long.MaxValue;

    /// <summary>Called by a waiting reader when nothing has been written for half the <see cref="Timeout"/> (docs/protocol.md 3.4).</summary>
    internal Action? KeepAliveDue { get; set; }

    /// <summary>What the peer said beside the streams, for the text of errors: a remote shell's standard error. Null when nothing.</summary>
    internal Func<string?>? LastWords { get; init; }

    /// <summary>Most bytes a second that are written; 0 is without limit.</summary>
    public long BytesPerSecond { get; set; }

    /// <summary>The session ends with <see cref="ExitCode.Timeout"/> when it still runs at this moment (<c>--stop-at</c>); null is never.</summary>
    public DateTimeOffset? StopAt { get; set; }

    /// <summary>How far the session has come, for the text of errors.</summary>
    public SessionStage Stage { get; set; } = SessionStage.Setup;

    /// <summary>Bytes since the start, as they crossed the descriptors.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes since the start, as they crossed the descriptors.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Reads at least one byte, waiting for it; 0 when the peer has closed.</summary>
    public int Read(Span<byte> buffer)
    {
        int read;
        while (!TryRead(buffer, out read))
            WaitFor(PollEvents.Readable);
        return read;
    }

    /// <summary>Reads what has come; false when nothing has. True with 0 bytes: the peer has closed.</summary>
    public bool TryRead(Span<byte> buffer, out int read)
    {
        var errno = Descriptors.TryRead(_input, buffer, out read);
        if (errno == Errno.EAGAIN)
            return false;
        // A reset is how a peer's exit looks when it left our last bytes unread; its own last words came before it.
        if (errno is Errno.ECONNRESET or Errno.EPIPE)
            return true;
        if (errno != Errno.None)
            throw Failed("read error", errno);
        BytesRead += read;
        CheckStop();
        _lastTraffic = _lastRead = Environment.TickCount64;
        if (!FrameReader.IsKeepAlive(buffer[..read]))
            _lastContent = _lastRead;
        else if (_lastRead >= EndOfPause())
            throw TimedOut();
        return true;
    }

    /// <summary>
    /// Writes all of <paramref name="data"/>. While the peer does not take it, whatever it sends is handed to
    /// <paramref name="readMeanwhile"/>: two sides that only write would wait for each other for ever (docs/protocol.md 0).
    /// </summary>
    /// <param name="readMeanwhile">Reads without waiting; false when it has no room, after which only writing is waited for. Null when another thread reads.</param>
    public void Write(ReadOnlySpan<byte> data, Func<bool>? readMeanwhile)
    {
        var isContent = !FrameReader.IsKeepAlive(data);
        while (true)
        {
            var part = BytesPerSecond > 0 ? data[..(int)Math.Min(data.Length, Allowed())] : data;
            var errno = Descriptors.TryWrite(_output, part, out var written);
            if (errno == Errno.EPIPE && BytesRead == 0)
                throw new RsyncException(ExitCode.ProtocolStream, Stage, "connection unexpectedly closed (0 bytes received so far)");
            if (errno is not (Errno.None or Errno.EAGAIN))
                throw Failed("write error", errno);
            if (written > 0)
            {
                BytesWritten += written;
                _lastTraffic = _lastWrite = Environment.TickCount64;
                if (isContent)
                    _lastContentWritten = _lastWrite;
                _allowance -= written;
                data = data[written..];
            }
            if (data.IsEmpty)
                return;
            if (errno != Errno.EAGAIN)
                continue;
            if (WaitFor(readMeanwhile is null ? PollEvents.Writable : PollEvents.Readable | PollEvents.Writable, writing: true)
                .HasFlag(PollEvents.Readable) && readMeanwhile?.Invoke() == false)
                readMeanwhile = null;
        }
    }

    /// <summary>How many bytes may be written now; waits until some may. What was not used of a second is lost, apart from a tenth.</summary>
    private long Allowed()
    {
        const int PartsOfSecond = 10;
        var most = Math.Max(1, BytesPerSecond / PartsOfSecond);
        while (true)
        {
            var now = Environment.TickCount64;
            var gained = BytesPerSecond * (now - _allowanceAt) / 1000;
            if (gained > 0)
                (_allowance, _allowanceAt) = (Math.Min(most, _allowance + gained), now);
            if (_allowance > 0)
                return _allowance;
            Span<PollEntry> entries = [new(_cancelled.Descriptor, PollEvents.Readable)];
            Poll.Wait(entries, (int)Math.Clamp((1 - _allowance) * 1000 / BytesPerSecond, 1, 1000 / PartsOfSecond));
            _cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Looks without waiting whether the peer has closed or sent something: a waiting session that is still good shows neither.
    /// </summary>
    public bool HasInput()
    {
        using var input = new HeldDescriptor(_input);
        Span<PollEntry> entries = [new(input.Number, PollEvents.Readable)];
        return Poll.Wait(entries, 0) > 0;
    }

    /// <summary>Follows another token from now on; a session that was opened ahead is used on behalf of somebody else later.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken cancellation)
    {
        _cancelled.Clear();
        _cancellation = cancellation;
        _lastTraffic = _lastWrite = _lastRead = _lastContent = _lastContentWritten = Environment.TickCount64;
        return cancellation.Register(_cancelled.Raise);
    }

    /// <summary>Milliseconds since something was last written.</summary>
    internal long MillisecondsSinceWrite => Environment.TickCount64 - _lastWrite;

    /// <summary>Tells the peer that nothing more will come. It can still be read from.</summary>
    public void CloseOutput()
    {
        if (ReferenceEquals(_input, _output))
            Descriptors.ShutdownWriting(_output);
        else
            _output.Dispose();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _input.Dispose();
        _output.Dispose();
        _owner?.Dispose();
        _cancelled.Dispose();
    }

    private PollEvents WaitFor(PollEvents wanted, bool writing = false)
    {
        if (_isTcp && wanted.HasFlag(PollEvents.Readable))
            Descriptors.AcknowledgeQuickly(_input);
        using var input = new HeldDescriptor(wanted.HasFlag(PollEvents.Readable) ? _input : null);
        using var output = new HeldDescriptor(wanted.HasFlag(PollEvents.Writable) ? _output : null);
        // A collection expression would have to be compiled at run time.
        Span<PollEntry> entries = stackalloc PollEntry[]
        {
            new(input.Number, PollEvents.Readable),
            new(output.Number, PollEvents.Writable),
            new(_cancelled.Descriptor, PollEvents.Readable),
        };
        CheckDeadline();
        var patience = EndOfPatience(writing);
        while (Poll.Wait(entries, MillisecondsToWait(writing, patience)) == 0)
            ActOnTime(writing, patience);
        _cancellation.ThrowIfCancellationRequested();
        return (entries[0].Came != 0 ? PollEvents.Readable : 0) | (entries[1].Came != 0 ? PollEvents.Writable : 0);
    }

    private void CheckStop()
    {
        if (StopAt is { } stop && DateTimeOffset.UtcNow >= stop)
            throw new RsyncException(ExitCode.Timeout, Stage, "stopping at requested limit");
    }

    private int MillisecondsToWait(bool writing, long patience)
    {
        var now = Environment.TickCount64;
        var due = Deadline;
        if (StopAt is { } stop)
            due = Math.Min(due, now + (long)Math.Max(0, (stop - DateTimeOffset.UtcNow).TotalMilliseconds));
        if (Timeout > TimeSpan.Zero)
            due = Math.Min(due, _lastTraffic + (long)Timeout.TotalMilliseconds);
        if (Timeout > TimeSpan.Zero && KeepAliveDue is not null && !writing)
            due = Math.Min(due, _lastWrite + (long)Timeout.TotalMilliseconds / 2);
        due = Math.Min(due, patience);
        return due == long.MaxValue ? -1 : (int)Math.Clamp(due - now, 0, int.MaxValue - 1) + 1;
    }

    private void CheckDeadline()
    {
        if (Environment.TickCount64 >= Deadline)
            throw new RsyncException(ExitCode.Timeout, Stage, "the peer took too long");
    }

    private void ActOnTime(bool writing, long patience)
    {
        CheckStop();
        CheckDeadline();
        if (Timeout <= TimeSpan.Zero)
            return;
        var now = Environment.TickCount64;
        if (now - _lastTraffic >= Timeout.TotalMilliseconds || now >= patience)
            throw TimedOut();
        if (!writing && now - _lastWrite >= Timeout.TotalMilliseconds / 2)
            KeepAliveDue?.Invoke();
    }

    /// <summary>Until when a wait that begins now may last.</summary>
    private long EndOfPatience(bool writing)
    {
        var some = (long)(3 * Timeout).TotalMilliseconds;
        if (some == 0)
            return long.MaxValue;
        var pause = EndOfPause();
        if (writing)
            return pause;
        return LimitsSilence ? Math.Min(_lastRead + some, _lastContent + (ExpectsData ? some : 20 * some))
            : LimitsWaits ? Math.Min(pause, Environment.TickCount64 + some) : pause;
    }

    private long EndOfPause() => BytesInWork is null || Timeout <= TimeSpan.Zero ? long.MaxValue
        : Math.Max(_lastContent, _lastContentWritten)
            + (long)Math.Max((60 * Timeout).TotalMilliseconds, LongestPause.TotalMilliseconds) + BytesInWork() / (1 << 20) * 1000;

    private RsyncException TimedOut() =>
        new(ExitCode.Timeout, Stage, $"io timeout after {Timeout.TotalSeconds:0} seconds -- exiting");

    private RsyncException Failed(string what, Errno errno) =>
        new(errno == Errno.ETIMEDOUT ? ExitCode.Timeout : ExitCode.SocketIO, Stage, $"{what}: {errno.Describe()} ({(int)errno})");
}
