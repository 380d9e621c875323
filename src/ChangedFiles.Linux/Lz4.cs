using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>Single LZ4 blocks by liblz4. Use only where <see cref="IsAvailable"/>.</summary>
internal static partial class Lz4
{
    private const string Library = "liblz4.so.1";

    /// <summary>True when the library is installed.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(Lz4).Assembly, null, out _);

    /// <summary>Compresses one block. Returns its length, or 0 when <paramref name="output"/> is too short for it.</summary>
    public static int Compress(ReadOnlySpan<byte> input, Span<byte> output) =>
        LZ4_compress_default(input, output, input.Length, output.Length);

    /// <summary>
    /// Decompresses one block. Returns the number of bytes, or less than 0 when it is broken or <paramref name="output"/> is too short.
    /// </summary>
    public static int Decompress(ReadOnlySpan<byte> input, Span<byte> output) =>
        LZ4_decompress_safe(input, output, input.Length, output.Length);

    [LibraryImport(Library)]
    private static partial int LZ4_compress_default(ReadOnlySpan<byte> input, Span<byte> output, int inputLength, int outputLength);

    [LibraryImport(Library)]
    private static partial int LZ4_decompress_safe(ReadOnlySpan<byte> input, Span<byte> output, int inputLength, int outputLength);
}
