using System.Buffers.Binary;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Wire;

/// <summary>
/// The peer's stream, read in order: first raw, then (after <see cref="StartMultiplexing"/>) the payload of data frames, with all
/// other messages handed to <see cref="OnMessage"/> as they pass (docs/protocol.md 3). Belongs to one thread.
/// </summary>
internal sealed partial class FrameReader(Connection connection)
{
    /// <summary>Largest payload of a message that is not data, in bytes (docs/protocol.md 3.1: under 5120).</summary>
    public const int MaxMessage = 8192;

    private const int BufferSize = 64 * 1024;
    private const int HeaderSize = 4;
    private const int CodeBase = 7;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _multiplexed;
    private int _frameLeft;

    /// <summary>Where messages go; null drops them.</summary>
    public MessageHandler? OnMessage { get; set; }

    /// <summary>Bytes of the stream that were read so far, without frames and messages.</summary>
    public long DataRead { get; private set; }

    /// <summary>True for empty data frames and nothing else (docs/protocol.md 3.4), also where a broken stream takes them for something else.</summary>
    internal static bool IsKeepAlive(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= HeaderSize; bytes = bytes[HeaderSize..])
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != (uint)(CodeBase + (int)MessageCode.Data) << 24)
                return false;
        }
        return bytes.IsEmpty;
    }

    /// <summary>Called before something is read that may have to be waited for; null for nothing.</summary>
    internal Action? BeforeWait { get; set; }

    /// <summary>Takes a copy of the stream, without frames and messages, from now on. Null for none.</summary>
    internal Stream? Recorder { get; set; }

    /// <summary>From here on the stream comes in frames.</summary>
    public void StartMultiplexing() => _multiplexed = true;

    /// <summary>From here on it comes as it is again; between two frames only.</summary>
    public void StopMultiplexing() => _multiplexed = _frameLeft > 0 ? throw Bad("bytes of a frame where none should be") : false;

    /// <summary>Fills <paramref name="destination"/> completely.</summary>
    /// <exception cref="RsyncException">The peer closed before (<see cref="ExitCode.ProtocolStream"/>), or nothing came in time.</exception>
    public void Read(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var available = WaitForData();
            if (_start == _end && destination.Length >= BufferSize / 2)
            {
                // A long run with nothing buffered: straight into its place.
                BeforeWait?.Invoke();
                var direct = CheckOpen(connection.Read(destination[..Math.Min(available, destination.Length)]));
                Consume(direct, buffered: false);
                Recorder?.Write(destination[..direct]);
                destination = destination[direct..];
                continue;
            }
            if (_start == _end)
                Fill();
            var count = Math.Min(Math.Min(available, _end - _start), destination.Length);
            _buffer.AsSpan(_start, count).CopyTo(destination);
            Consume(count, buffered: true);
            Recorder?.Write(destination[..count]);
            destination = destination[count..];
        }
    }

    /// <summary>Reads and forgets.</summary>
    public void Skip(long count)
    {
        Span<byte> scrap = stackalloc byte[4096];
        for (; count > 0; count -= Math.Min(count, scrap.Length))
            Read(scrap[..(int)Math.Min(count, scrap.Length)]);
    }

    /// <summary>One byte of the stream.</summary>
    public byte ReadByte()
    {
        if (_start < _end && (!_multiplexed || _frameLeft > 0))
        {
            var value = _buffer[_start];
            Consume(1, buffered: true);
            Recorder?.WriteByte(value);
            return value;
        }
        Span<byte> one = stackalloc byte[1];
        Read(one);
        return one[0];
    }

    /// <summary>
    /// Takes what has arrived into the buffer without waiting, while this side is busy writing.
    /// False when there is no room: then the peer must wait, as it would with stock rsync.
    /// </summary>
    public bool ReadAhead()
    {
        if (!MakeRoom())
            return false;
        if (connection.TryRead(_buffer.AsSpan(_end), out var read))
            _end += CheckOpen(read);
        return true;
    }

    /// <summary>
    /// Handles messages that have already arrived in full, and says whether stream data is waiting behind them. Never waits.
    /// </summary>
    public bool HasData()
    {
        while (true)
        {
            if (!_multiplexed || _frameLeft > 0)
            {
                if (_end > _start)
                    return true;
            }
            else if (TakeBufferedHeader())
            {
                continue;
            }
            if (!MakeRoom() || !connection.TryRead(_buffer.AsSpan(_end), out var read))
                return false;
            if (read == 0)
                return true; // The next read says that the peer has closed.
            _end += read;
        }
    }

    /// <summary>Reads whatever still comes, handling messages, until the peer closes or <paramref name="limit"/> data bytes have passed.</summary>
    /// <returns>True when the peer closed.</returns>
    internal bool Drain(long limit)
    {
        try
        {
            Skip(limit);
            return false;
        }
        catch (RsyncException end) when (end is { ExitCode: ExitCode.ProtocolStream, FromPeer: false })
        {
            return true;
        }
    }

    /// <summary>How many bytes of the stream may be taken now without looking at another header; waits for a data frame.</summary>
    private int WaitForData()
    {
        if (!_multiplexed)
            return int.MaxValue;
        while (_frameLeft == 0)
        {
            while (_end - _start < HeaderSize)
                Fill();
            TakeHeader();
        }
        return _frameLeft;
    }

    /// <summary>Handles one header (and a whole message) if they are in the buffer; false when more bytes are needed.</summary>
    private bool TakeBufferedHeader()
    {
        if (_end - _start < HeaderSize)
            return false;
        var header = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start));
        var isData = (int)(header >> 24) - CodeBase == (int)MessageCode.Data;
        if (!isData && _end - _start < HeaderSize + (int)(header & 0xFFFFFF) && (header & 0xFFFFFF) <= MaxMessage)
            return false;
        TakeHeader();
        return true;
    }

    private void TakeHeader()
    {
        var header = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start));
        _start += HeaderSize;
        var length = (int)(header & 0xFFFFFF);
        var code = (MessageCode)((int)(header >> 24) - CodeBase);
        if (code == MessageCode.Data)
            _frameLeft = length;
        else
            TakeMessage(code, length);
    }

    private void TakeMessage(MessageCode code, int length)
    {
        var fits = code switch
        {
            MessageCode.ErrorXfer or MessageCode.Info or MessageCode.Error or MessageCode.Warning or MessageCode.Deleted => length <= MaxMessage,
            MessageCode.IoError or MessageCode.IoTimeout or MessageCode.NoSend => length == sizeof(int),
            // A local copy also tells device and inode.
            MessageCode.Success => length is sizeof(int) or sizeof(int) + 2 * sizeof(ulong),
            MessageCode.ErrorExit => length is 0 or sizeof(int),
            MessageCode.NoOp => length == 0,
            _ => throw Bad($"unknown message code {(int)code}"),
        };
        if (!fits)
            throw Bad($"{code} message of {length} bytes");
        while (_end - _start < length)
            Fill();
        var payload = _buffer.AsSpan(_start, length);
        _start += length;
        OnMessage?.Invoke(code, payload);
    }

    private void Consume(int count, bool buffered)
    {
        DataRead += count;
        if (buffered)
            _start += count;
        if (_multiplexed)
            _frameLeft -= count;
    }

    private void Fill()
    {
        BeforeWait?.Invoke();
        MakeRoom();
        _end += CheckOpen(connection.Read(_buffer.AsSpan(_end)));
    }

    private bool MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_start > BufferSize / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        return _end < BufferSize;
    }

    private int CheckOpen(int read) =>
        read > 0 ? read : throw new RsyncException(ExitCode.ProtocolStream, connection.Stage,
            $"connection unexpectedly closed ({connection.BytesRead} bytes received so far)");

    internal RsyncException Bad(string what) => new(ExitCode.ProtocolStream, connection.Stage, $"the peer broke the protocol: {what}");
}
