using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>Raw deflate (no header, 32 KiB window) by zlib. Use only where <see cref="IsAvailable"/>.</summary>
internal static class Zlib
{
    internal const string Library = "libz.so.1";

    /// <summary>True when the library is installed.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(Zlib).Assembly, null, out _);
}

/// <summary>zlib's <c>z_stream</c>, in native memory of its own. One thread at a time.</summary>
internal abstract unsafe class ZlibStream : SafeHandle
{
    private protected const int RawWindow = -15;
    private protected const int Ok = 0;

    // No progress was possible: more input or more room is wanted.
    private protected const int BufferError = -5;

    private protected ZlibStream()
        : base(0, ownsHandle: true)
    {
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(State)));
    }

    public override bool IsInvalid => handle == 0;

    private protected static ReadOnlySpan<byte> Version => "1.2.0\0"u8;

    /// <summary>Runs one step of the codec between the two buffers. <paramref name="input"/> moves on by what was used.</summary>
    private protected int Step(ref ReadOnlySpan<byte> input, Span<byte> output, int flush, out int produced)
    {
        var state = (State*)handle;
        fixed (byte* from = input, to = output)
        {
            // zlib wants an address even for no bytes.
            byte none;
            state->NextIn = from == null ? &none : from;
            state->AvailableIn = (uint)input.Length;
            state->NextOut = to == null ? &none : to;
            state->AvailableOut = (uint)output.Length;
            var result = Run(flush);
            produced = output.Length - (int)state->AvailableOut;
            input = input[^(int)state->AvailableIn..];
            return result;
        }
    }

    private protected abstract int Run(int flush);

    private protected static void ThrowIf(int result, string operation)
    {
        if (result != Ok)
            throw new LinuxException(result == -4 ? Errno.ENOMEM : Errno.EINVAL, $"{operation} (zlib error {result})");
    }

    [StructLayout(LayoutKind.Sequential)]
    private protected struct State
    {
        public byte* NextIn;
        public uint AvailableIn;
        public CULong TotalIn;
        public byte* NextOut;
        public uint AvailableOut;
        public CULong TotalOut;
        public byte* Message;
        public void* Internal;
        public void* Allocate;
        public void* Free;
        public void* Opaque;
        public int DataType;
        public CULong Adler;
        public CULong Reserved;
    }
}

/// <summary>A raw deflate stream being made.</summary>
internal sealed unsafe partial class RawDeflate : ZlibStream
{
    private const int Deflated = 8;
    private const int MemoryLevel = 8;
    private const int NoFlush = 0;
    private const int SyncFlush = 2;

    /// <param name="level">0 (store) to 9.</param>
    public RawDeflate(int level)
    {
        fixed (byte* version = Version)
            ThrowIf(deflateInit2_(this, level, Deflated, RawWindow, MemoryLevel, 0, version, sizeof(State)), "deflateInit2");
    }

    /// <summary>Starts a new stream with this level.</summary>
    public void Reset(int level)
    {
        ThrowIf(deflateReset(this), "deflateReset");
        ThrowIf(deflateParams(this, level, 0), "deflateParams");
    }

    /// <summary>
    /// Compresses; <paramref name="input"/> moves on by what was used. With <paramref name="sync"/> everything so far comes out, up to
    /// and including an empty stored block (00 00 ff ff at its end): repeat until less than <paramref name="output"/> is filled.
    /// </summary>
    /// <returns>Bytes of output.</returns>
    public int Deflate(ref ReadOnlySpan<byte> input, Span<byte> output, bool sync)
    {
        var result = Step(ref input, output, sync ? SyncFlush : NoFlush, out var produced);
        if (result != BufferError)
            ThrowIf(result, "deflate");
        return produced;
    }

    /// <summary>Puts bytes into the history without output. Only before the first input and after a completed sync.</summary>
    public void AddHistory(ReadOnlySpan<byte> data) => ThrowIf(deflateSetDictionary(this, data, (uint)data.Length), "deflateSetDictionary");

    private protected override int Run(int flush) => deflate(this, flush);

    protected override bool ReleaseHandle()
    {
        _ = deflateEnd(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport(Zlib.Library)]
    private static partial int deflateInit2_(
        RawDeflate stream, int level, int method, int window, int memoryLevel, int strategy, byte* version, int size);

    [LibraryImport(Zlib.Library)]
    private static partial int deflate(RawDeflate stream, int flush);

    [LibraryImport(Zlib.Library)]
    private static partial int deflateReset(RawDeflate stream);

    [LibraryImport(Zlib.Library)]
    private static partial int deflateParams(RawDeflate stream, int level, int strategy);

    [LibraryImport(Zlib.Library)]
    private static partial int deflateSetDictionary(RawDeflate stream, ReadOnlySpan<byte> data, uint length);

    [LibraryImport(Zlib.Library)]
    private static partial int deflateEnd(nint stream);
}

/// <summary>A raw deflate stream being read.</summary>
internal sealed unsafe partial class RawInflate : ZlibStream
{
    private const int SyncFlush = 2;

    public RawInflate()
    {
        fixed (byte* version = Version)
            ThrowIf(inflateInit2_(this, RawWindow, version, sizeof(State)), "inflateInit2");
    }

    /// <summary>Starts a new stream.</summary>
    public void Reset() => ThrowIf(inflateReset(this), "inflateReset");

    /// <summary>
    /// Decompresses; <paramref name="input"/> moves on by what was used. When all of <paramref name="output"/> was filled there may be more
    /// to come without further input.
    /// </summary>
    /// <returns>False when the data is not a deflate stream, or the stream has ended.</returns>
    public bool Inflate(ref ReadOnlySpan<byte> input, Span<byte> output, out int produced) =>
        Step(ref input, output, SyncFlush, out produced) is Ok or BufferError;

    /// <summary>Puts bytes into the history as if they had been output. Only between two blocks of the stream.</summary>
    public void AddHistory(ReadOnlySpan<byte> data) => ThrowIf(inflateSetDictionary(this, data, (uint)data.Length), "inflateSetDictionary");

    private protected override int Run(int flush) => inflate(this, flush);

    protected override bool ReleaseHandle()
    {
        _ = inflateEnd(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport(Zlib.Library)]
    private static partial int inflateInit2_(RawInflate stream, int window, byte* version, int size);

    [LibraryImport(Zlib.Library)]
    private static partial int inflate(RawInflate stream, int flush);

    [LibraryImport(Zlib.Library)]
    private static partial int inflateReset(RawInflate stream);

    [LibraryImport(Zlib.Library)]
    private static partial int inflateSetDictionary(RawInflate stream, ReadOnlySpan<byte> data, uint length);

    [LibraryImport(Zlib.Library)]
    private static partial int inflateEnd(nint stream);
}
