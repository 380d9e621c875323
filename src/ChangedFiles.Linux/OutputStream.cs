using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>
/// Standard output or error as it is. The runtime's own streams set up the terminal before the first byte, with codes that a user's eyes do not see but a program
/// that reads along does.
/// </summary>
/// <param name="descriptor">1 or 2; stays open.</param>
/// <param name="mayBeLost">What cannot be written is dropped: for words of work that goes on without a reader, and on a full disk.</param>
internal sealed class OutputStream(int descriptor, bool mayBeLost = false) : Stream
{
    private readonly SafeFileHandle _handle = new(descriptor, ownsHandle: false);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">Nobody reads any more, or the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var error = Descriptors.TryWrite(_handle, buffer, out var written);
            if (error == Errno.EAGAIN)
                Wait();
            else if (error != Errno.None && mayBeLost)
                return;
            else if (error != Errno.None)
                throw new IOException(error.Describe(), (int)error);
            buffer = buffer[written..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Who shares it made it not block.</summary>
    private void Wait()
    {
        Span<PollEntry> entries = [new(descriptor, PollEvents.Writable)];
        Poll.Wait(entries, -1);
    }
}
