using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChangedFiles.Rsync.Wire;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>What a stock peer sent, and how many bytes of our stream it could have heard by then.</summary>
internal readonly record struct RecordedPiece(long Heard, byte[] Sent);

/// <summary>A session with a stock peer as it was.</summary>
/// <param name="RawLength">Bytes that our end writes before the multiplexed part.</param>
/// <param name="Pieces">What the peer sent.</param>
internal sealed record Recording(long RawLength, IReadOnlyList<RecordedPiece> Pieces)
{
    public byte[] Sent { get; } = [.. Pieces.SelectMany(piece => piece.Sent)];

    /// <summary>The same session with other bytes, cut into pieces at the same places.</summary>
    public IEnumerable<RecordedPiece> With(byte[] bytes)
    {
        var at = 0;
        foreach (var piece in Pieces)
        {
            var length = Math.Min(piece.Sent.Length, bytes.Length - at);
            if (length == 0)
                yield break;
            yield return piece with { Sent = bytes[at..(at + length)] };
            at += length;
        }
        if (at < bytes.Length)
            yield return new RecordedPiece(0, bytes[at..]);
    }

    /// <summary>Runs a session of ours with a real rsync, which must end well.</summary>
    /// <param name="ours">The directory that ours sends, or receives into.</param>
    /// <param name="theirs">The same of the other side.</param>
    public static Recording Of(HostileRole role, string ours, string theirs)
    {
        using var place = new TempDirectory();
        using var peer = role.Part is OurPart.Pull or OurPart.Push
            ? Start(RsyncVersion.Installed.Program(), role.ServerWords(theirs))
            : StartClient(role, place, theirs);
        var (connection, far) = Wire.Pair(TimeSpan.FromSeconds(30));
        using var nearEnd = connection;
        using var farEnd = far;
        using var stream = new NetworkStream(far);
        var (toPeer, fromPeer) = peer.Streams();
        var output = new MemoryStream();
        var pieces = new List<(long Written, byte[] Sent)>();
        var sending = Wire.Background(() => Copy(stream, toPeer, part =>
        {
            lock (output)
                output.Write(part);
        }));
        var receiving = Wire.Background(() => Copy(fromPeer, stream, part =>
        {
            lock (output)
                pieces.Add((output.Length, part.ToArray()));
        }));
        var rawLength = 0L;
        var result = role.Run(connection, ours, written => rawLength = written);
        Assert.Equal(Rsync.Options.ExitCode.Success, result.ExitCode);
        connection.Dispose();
        far.Shutdown(SocketShutdown.Both);
        sending.Join();
        peer.Stop();
        receiving.Join();
        return new Recording(rawLength, Hear(pieces, output.ToArray(), rawLength));
    }

    /// <summary>Frames of ours can be cut differently each time; what is in them is the same.</summary>
    private static List<RecordedPiece> Hear(List<(long Written, byte[] Sent)> pieces, byte[] output, long rawLength)
    {
        var counter = new StreamCounter(rawLength);
        var heard = new List<RecordedPiece>();
        var at = 0;
        foreach (var (written, sent) in pieces)
        {
            counter.Take(output.AsSpan(at..(int)written));
            at = (int)written;
            heard.Add(new RecordedPiece(counter.Heard, sent));
        }
        return heard;
    }

    private static void Copy(Stream from, Stream to, Action<ReadOnlySpan<byte>> taken)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = from.Read(buffer)) > 0;)
            {
                taken(buffer.AsSpan(0, read));
                to.Write(buffer.AsSpan(0, read));
                to.Flush();
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // One side has ended.
        }
    }

    private static StockEnd Start(string program, IReadOnlyList<string> words) => new(Process.Start(Info(program, words))!, null);

    /// <summary>A stock client whose remote shell leads to a port of ours.</summary>
    private static StockEnd StartClient(HostileRole role, TempDirectory place, string theirs)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var shell = place.Write("shell", $"exec 3<>/dev/tcp/127.0.0.1/{port}\ncat <&3 &\ncat >&3\nwait\n");
        var process = Process.Start(Info(RsyncVersion.Installed.Program(), role.ClientWords($"bash {shell}", theirs)))!;
        var client = listener.AcceptTcpClient();
        listener.Dispose();
        return new StockEnd(process, client);
    }

    private static ProcessStartInfo Info(string program, IReadOnlyList<string> words) =>
        new(program, words) { RedirectStandardInput = true, RedirectStandardOutput = true };

    private sealed class StockEnd(Process process, TcpClient? client) : IDisposable
    {
        public (Stream To, Stream From) Streams() =>
            client is null ? (process.StandardInput.BaseStream, process.StandardOutput.BaseStream) : (client.GetStream(), client.GetStream());

        public void Stop()
        {
            client?.Dispose();
            process.StandardInput.Close();
            if (!process.WaitForExit(5000))
                process.Kill();
        }

        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
            client?.Dispose();
        }
    }
}

/// <summary>Counts the bytes of a stream of ours: those before the multiplexed part, and then what is in data frames.</summary>
internal sealed class StreamCounter(long rawLength)
{
    private readonly byte[] _header = new byte[4];
    private long _raw = rawLength;
    private int _headerLength;
    private int _left;
    private bool _isData;

    public long Heard { get; private set; }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (_raw > 0)
            {
                (_raw, Heard) = (_raw - 1, Heard + 1);
            }
            else if (_left > 0)
            {
                _left--;
                Heard += _isData ? 1 : 0;
            }
            else
            {
                TakeHeader(one);
            }
        }
    }

    private void TakeHeader(byte one)
    {
        _header[_headerLength++] = one;
        if (_headerLength < 4)
            return;
        _headerLength = 0;
        _left = _header[0] | _header[1] << 8 | _header[2] << 16;
        _isData = _header[3] == 7;
    }
}

/// <summary>The other end of a connection.</summary>
internal static class Wire
{
    public static (Connection Ours, Socket Theirs) Pair(TimeSpan timeout)
    {
        var (ours, theirs) = Linux.Descriptors.SocketPair();
        var socket = new Socket(new SafeSocketHandle(theirs.DangerousGetHandle(), ownsHandle: true)) { SendTimeout = 10_000, ReceiveTimeout = 10_000 };
        theirs.SetHandleAsInvalid();
        return (new Connection(ours, ours) { Timeout = timeout, LongestPause = TimeSpan.Zero }, socket);
    }

    public static Thread Background(Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Does something for each of them at the same time, most of which is waiting.</summary>
    public static void Each<T>(IReadOnlyList<T> all, Action<T, int> action)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var context = ExecutionContext.Capture()!;
        var threads = all.Select((one, number) => Background(() => ExecutionContext.Run(context, _ =>
        {
            try
            {
                action(one, number);
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        }, null))).ToList();
        threads.ForEach(thread => thread.Join());
        if (!failures.IsEmpty)
            throw new AggregateException(failures);
    }
}
