using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace ChangedFiles.Rsync.Wire;

/// <summary>
/// This side's stream: first raw, then (after <see cref="StartMultiplexing"/>) in data frames of at most <see cref="MaxFrame"/> bytes
/// (docs/protocol.md 3.1). Collects in a buffer until it is full or <see cref="Flush"/> is called: flush before you wait.
/// Belongs to one thread.
/// </summary>
internal sealed partial class FrameWriter
{
    /// <summary>Most payload bytes in a frame.</summary>
    public const int MaxFrame = 32 * 1024 + 64;

    private const int HeaderSize = 4;
    private const int CodeBase = 7;
    private const int BufferSize = 4 * (MaxFrame + HeaderSize);

    /// <summary>Messages that wait for a flush; with more it does not wait.</summary>
    private const int MaxPosted = 100;

    private readonly Connection _connection;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly ConcurrentQueue<PostedMessage> _posted = [];
    private Func<bool>? _readMeanwhile;
    private volatile bool _hasPosted;
    private bool _multiplexed;
    private int _frameStart = -1;
    private int _end;

    /// <param name="connection">Where it goes.</param>
    /// <param name="reader">The reader that this thread also owns: it takes in what the peer sends while the peer does not take ours.
    /// Null when another thread reads.</param>
    public FrameWriter(Connection connection, FrameReader? reader)
    {
        _connection = connection;
        _readMeanwhile = reader is null ? null : reader.ReadAhead;
        connection.KeepAliveDue = KeepAlive;
    }

    /// <summary>Takes a copy of the stream, without frames and messages, from now on. Null for none.</summary>
    internal Stream? Recorder { get; set; }

    /// <summary>What is written goes to the <see cref="Recorder"/> and not to the peer.</summary>
    internal bool OnlyRecords { get; set; }

    /// <summary>Bytes written so far, those still in the buffer included.</summary>
    public long Position => _connection.BytesWritten + _end;

    /// <summary>Bytes of the stream so far, without frames and messages.</summary>
    public long DataWritten { get; private set; }

    /// <summary>Bytes that have not been handed to the kernel yet.</summary>
    public int Pending => _end;

    /// <summary>Another thread reads from now on, and this one sends the keepalives.</summary>
    public void LeaveReadingToOthers()
    {
        _readMeanwhile = null;
        _connection.KeepAliveDue = null;
    }

    /// <summary>From here on everything goes in frames.</summary>
    public void StartMultiplexing()
    {
        Flush();
        _multiplexed = true;
    }

    /// <summary>From here on it goes as it is again.</summary>
    public void StopMultiplexing()
    {
        Flush();
        _multiplexed = false;
    }

    /// <summary>Appends to the stream.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var room = Room(1);
            var count = Math.Min(room.Length, data.Length);
            data[..count].CopyTo(room);
            Advance(count);
            data = data[count..];
        }
    }

    /// <summary>At least <paramref name="least"/> (≤ 32 KiB) bytes to be filled in place and taken up with <see cref="Advance"/>.</summary>
    public Span<byte> Room(int least)
    {
        if (_hasPosted && _posted.Count > MaxPosted)
            Flush();
        if (_multiplexed && _frameStart >= 0 && FrameLength + least > MaxFrame)
            CloseFrame();
        if (_end + HeaderSize + least > BufferSize)
            Flush();
        if (_multiplexed && _frameStart < 0)
        {
            _frameStart = _end;
            _end += HeaderSize;
        }
        var most = _multiplexed ? Math.Min(MaxFrame - FrameLength, BufferSize - _end) : BufferSize - _end;
        return _buffer.AsSpan(_end, most);
    }

    /// <summary>Appends the first <paramref name="count"/> bytes of the last <see cref="Room"/>.</summary>
    public void Advance(int count)
    {
        Recorder?.Write(_buffer.AsSpan(_end, count));
        if (OnlyRecords)
            return;
        _end += count;
        DataWritten += count;
    }

    /// <summary>One byte of the stream.</summary>
    public void WriteByte(byte value)
    {
        Room(1)[0] = value;
        Advance(1);
    }

    /// <summary>Sends a message between data frames. Texts are at most <see cref="FrameReader.MaxMessage"/> / 2 bytes; longer ones are cut.</summary>
    public void WriteMessage(MessageCode code, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > FrameReader.MaxMessage / 2)
            payload = payload[..(FrameReader.MaxMessage / 2)];
        CloseFrame();
        if (_end + HeaderSize + payload.Length > BufferSize)
            Flush();
        WriteHeader(_buffer.AsSpan(_end), code, payload.Length);
        payload.CopyTo(_buffer.AsSpan(_end + HeaderSize));
        _end += HeaderSize + payload.Length;
    }

    /// <summary>Sends a message that carries one <c>i32</c>.</summary>
    public void WriteMessage(MessageCode code, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        WriteMessage(code, bytes);
    }

    /// <summary>
    /// A message that goes out with the next flush, ahead of the data: what is said of an item comes before what is asked for, as from stock
    /// rsync. Unlike everything else here it may come from any thread.
    /// </summary>
    public void Post(MessageCode code, byte[] payload)
    {
        _posted.Enqueue(new PostedMessage(code, payload));
        _hasPosted = true;
    }

    /// <summary>The same for the thread that this belongs to, which may have very many of them.</summary>
    public void PostOrSend(MessageCode code, byte[] payload)
    {
        Post(code, payload);
        if (_posted.Count > MaxPosted)
            Flush();
    }

    /// <summary>Hands everything to the kernel, waiting until it is taken.</summary>
    public void Flush()
    {
        SendPosted();
        Send(_readMeanwhile);
    }

    private void SendPosted()
    {
        if (!_hasPosted || !_multiplexed)
            return;
        _hasPosted = false;
        var frames = new ArrayBufferWriter<byte>();
        while (_posted.TryDequeue(out var message))
        {
            var payload = message.Payload.AsSpan(0, Math.Min(message.Payload.Length, FrameReader.MaxMessage / 2));
            WriteHeader(frames.GetSpan(HeaderSize), message.Code, payload.Length);
            frames.Advance(HeaderSize);
            frames.Write(payload);
        }
        if (frames.WrittenCount > 0)
            _connection.Write(frames.WrittenSpan, _readMeanwhile);
    }

    /// <summary>Shows the peer that this side is alive: an empty data frame (docs/protocol.md 3.4). Nothing before multiplexing.</summary>
    public void KeepAlive()
    {
        if (!_multiplexed)
            return;
        // Called while this thread's reader waits with its buffer in hand, so nothing may be read meanwhile. Nothing has to be:
        // a peer with nothing for us to read is not stuck on us.
        WriteMessage(MessageCode.Data, []);
        Send(null);
    }

    private void Send(Func<bool>? readMeanwhile)
    {
        CloseFrame();
        var length = _end;
        _end = 0;
        if (length > 0)
            _connection.Write(_buffer.AsSpan(0, length), readMeanwhile);
    }

    private int FrameLength => _end - _frameStart - HeaderSize;

    private void CloseFrame()
    {
        if (_frameStart < 0)
            return;
        if (FrameLength == 0)
            _end = _frameStart;
        else
            WriteHeader(_buffer.AsSpan(_frameStart), MessageCode.Data, FrameLength);
        _frameStart = -1;
    }

    /// <summary>A class: a queue of it is compiled ahead.</summary>
    private sealed record PostedMessage(MessageCode Code, byte[] Payload);

    private static void WriteHeader(Span<byte> header, MessageCode code, int length) =>
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)((int)code + CodeBase) << 24 | (uint)length);
}
