using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Roles;

/// <summary>Brings what a stream carries to a socket and back, for sessions, which wait on descriptors.</summary>
internal sealed class StreamBridge : IAsyncDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _up;
    private readonly Task _down;

    /// <param name="stream">Stays open.</param>
    /// <param name="handle">One end of a pair; its owner is this from now on.</param>
    public StreamBridge(Stream stream, SafeFileHandle handle)
    {
        _socket = new Socket(new SafeSocketHandle(handle.DangerousGetHandle(), ownsHandle: true));
        handle.SetHandleAsInvalid();
        var end = new NetworkStream(_socket, ownsSocket: true);
        _down = Copy(stream, end, () => _socket.Shutdown(SocketShutdown.Send));
        _up = Copy(end, stream, () => { });
    }

    /// <summary>What the session wrote goes out; then nothing more is taken in. A read that cannot be cancelled ends with the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _up.ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        if (_down.IsCompleted)
            _stop.Dispose();
    }

    private async Task Copy(Stream from, Stream to, Action end)
    {
        try
        {
            var buffer = new byte[BufferSize];
            while (await from.ReadAsync(buffer, _stop.Token).ConfigureAwait(false) is > 0 and var read)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token).ConfigureAwait(false);
                await to.FlushAsync(_stop.Token).ConfigureAwait(false);
            }
            end();
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The session learns it from its own end.
            end();
        }
    }
}
