using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>Zstandard streams by libzstd. Use only where <see cref="IsAvailable"/>.</summary>
internal static partial class Zstd
{
    internal const string Library = "libzstd.so.1";

    // ZSTD_compressStream2 is in the stable interface since 1.4.0.
    private const uint FirstWithStream2 = 10400;

    /// <summary>True when the library is installed and recent enough.</summary>
    public static bool IsAvailable { get; } =
        NativeLibrary.TryLoad(Library, typeof(Zstd).Assembly, null, out _) && ZSTD_versionNumber() >= FirstWithStream2;

    /// <summary>The lowest level (below zero: fast and weak).</summary>
    public static int MinLevel => ZSTD_minCLevel();

    /// <summary>The highest level.</summary>
    public static int MaxLevel => ZSTD_maxCLevel();

    [LibraryImport(Library)]
    private static partial uint ZSTD_versionNumber();

    [LibraryImport(Library)]
    private static partial int ZSTD_minCLevel();

    [LibraryImport(Library)]
    private static partial int ZSTD_maxCLevel();

    [LibraryImport(Library)]
    internal static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    internal static partial nint ZSTD_getErrorName(nuint result);

    internal static void ThrowIf(nuint result, string operation)
    {
        if (ZSTD_isError(result) != 0)
            throw new LinuxException(Errno.EINVAL, $"{operation} ({Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))})");
    }

    /// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which are laid out alike.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Buffer(byte* data, int size)
    {
        public byte* Data = data;
        public nuint Size = (nuint)size;
        public nuint Position;
    }
}

/// <summary>A Zstandard frame that is being made and need never end. One thread at a time.</summary>
internal sealed unsafe partial class ZstdCompressor : SafeHandle
{
    private const int LevelParameter = 100;
    private const int Continue = 0;
    private const int FlushNow = 1;

    /// <param name="level"><see cref="Zstd.MinLevel"/> to <see cref="Zstd.MaxLevel"/>; 0 is the library's default, 3.</param>
    public ZstdCompressor(int level)
        : base(0, ownsHandle: true)
    {
        SetHandle(ZSTD_createCCtx());
        if (IsInvalid)
            throw new LinuxException(Errno.ENOMEM, "ZSTD_createCCtx");
        Zstd.ThrowIf(ZSTD_CCtx_setParameter(this, LevelParameter, level), "ZSTD_CCtx_setParameter");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>
    /// Compresses; <paramref name="input"/> moves on by what was used. With <paramref name="flush"/> everything so far comes out:
    /// repeat until <paramref name="more"/> is false.
    /// </summary>
    /// <returns>Bytes of output.</returns>
    public int Compress(ref ReadOnlySpan<byte> input, Span<byte> output, bool flush, out bool more)
    {
        fixed (byte* from = input, to = output)
        {
            var source = new Zstd.Buffer(from, input.Length);
            var target = new Zstd.Buffer(to, output.Length);
            var left = ZSTD_compressStream2(this, ref target, ref source, flush ? FlushNow : Continue);
            Zstd.ThrowIf(left, "ZSTD_compressStream2");
            more = flush && left > 0;
            input = input[(int)source.Position..];
            return (int)target.Position;
        }
    }

    protected override bool ReleaseHandle() => ZSTD_freeCCtx(handle) == 0;

    [LibraryImport(Zstd.Library)]
    private static partial nint ZSTD_createCCtx();

    [LibraryImport(Zstd.Library)]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Zstd.Library)]
    private static partial nuint ZSTD_CCtx_setParameter(ZstdCompressor context, int parameter, int value);

    [LibraryImport(Zstd.Library)]
    private static partial nuint ZSTD_compressStream2(ZstdCompressor context, ref Zstd.Buffer output, ref Zstd.Buffer input, int end);
}

/// <summary>A Zstandard frame that is being read. One thread at a time. The library allots at most 128 MiB for its window.</summary>
internal sealed unsafe partial class ZstdDecompressor : SafeHandle
{
    public ZstdDecompressor()
        : base(0, ownsHandle: true)
    {
        SetHandle(ZSTD_createDCtx());
        if (IsInvalid)
            throw new LinuxException(Errno.ENOMEM, "ZSTD_createDCtx");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>
    /// Decompresses; <paramref name="input"/> moves on by what was used. When all of <paramref name="output"/> was filled there may be more
    /// to come without further input.
    /// </summary>
    /// <returns>False when the data is not Zstandard's or asks for too much memory.</returns>
    public bool Decompress(ref ReadOnlySpan<byte> input, Span<byte> output, out int produced)
    {
        fixed (byte* from = input, to = output)
        {
            var source = new Zstd.Buffer(from, input.Length);
            var target = new Zstd.Buffer(to, output.Length);
            var result = ZSTD_decompressStream(this, ref target, ref source);
            input = input[(int)source.Position..];
            produced = (int)target.Position;
            return Zstd.ZSTD_isError(result) == 0;
        }
    }

    protected override bool ReleaseHandle() => ZSTD_freeDCtx(handle) == 0;

    [LibraryImport(Zstd.Library)]
    private static partial nint ZSTD_createDCtx();

    [LibraryImport(Zstd.Library)]
    private static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Zstd.Library)]
    private static partial nuint ZSTD_decompressStream(ZstdDecompressor context, ref Zstd.Buffer output, ref Zstd.Buffer input);
}
