using ChangedFiles.Rsync.Delta;

namespace ChangedFiles.Micro;

/// <summary>Files in memory, so that only the computing is measured.</summary>
internal static class Samples
{
    public static byte[] Noise(int length, int seed)
    {
        var noise = new byte[length];
        new Random(seed).NextBytes(noise);
        return noise;
    }

    public static ReadAt Reader(byte[] file) => (buffer, offset) =>
    {
        var count = (int)Math.Clamp(file.Length - offset, 0, buffer.Length);
        file.AsSpan((int)Math.Min(offset, file.Length), count).CopyTo(buffer);
        return count;
    };
}

/// <summary>Takes a delta and forgets it.</summary>
internal sealed class NoSink : IDeltaSink
{
    public void Literal(ReadOnlySpan<byte> data)
    {
    }

    public void Copy(int block, ReadOnlySpan<byte> data)
    {
    }
}
