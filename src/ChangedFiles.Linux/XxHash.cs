using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>The three xxHash digests that rsync knows.</summary>
internal enum XxHashKind
{
    Hash64,
    Xxh3,
    Xxh128,
}

/// <summary>One-shot xxHash by libxxhash. Call only where <see cref="IsAvailable"/>.</summary>
internal static partial class XxHash
{
    internal const string Library = "libxxhash.so.0";

    // XXH3 has kept its results since 0.8.0.
    private const uint FirstStableXxh3 = 800;

    // Below this many bytes a call is short enough to keep the thread in managed mode.
    private const int ShortCall = 4096;

    /// <summary>True when the library is installed and recent enough for all three digests.</summary>
    public static bool IsAvailable { get; } =
        NativeLibrary.TryLoad(Library, typeof(XxHash).Assembly, null, out _) && XXH_versionNumber() >= FirstStableXxh3;

    public static ulong Hash64(ReadOnlySpan<byte> data, ulong seed) => XXH64(data, (nuint)data.Length, seed);

    public static ulong Xxh3(ReadOnlySpan<byte> data, ulong seed) => XXH3_64bits_withSeed(data, (nuint)data.Length, seed);

    public static UInt128 Xxh128(ReadOnlySpan<byte> data, ulong seed)
    {
        var hash = data.Length <= ShortCall
            ? XXH3_128bits_withSeed_short(data, (nuint)data.Length, seed)
            : XXH3_128bits_withSeed(data, (nuint)data.Length, seed);
        return new UInt128(hash.High, hash.Low);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Hash128
    {
        public ulong Low;
        public ulong High;
    }

    [LibraryImport(Library)]
    private static partial uint XXH_versionNumber();

    [LibraryImport(Library)]
    private static partial ulong XXH64(ReadOnlySpan<byte> data, nuint length, ulong seed);

    [LibraryImport(Library)]
    private static partial ulong XXH3_64bits_withSeed(ReadOnlySpan<byte> data, nuint length, ulong seed);

    [LibraryImport(Library)]
    private static partial Hash128 XXH3_128bits_withSeed(ReadOnlySpan<byte> data, nuint length, ulong seed);

    [LibraryImport(Library, EntryPoint = "XXH3_128bits_withSeed")]
    [SuppressGCTransition]
    private static partial Hash128 XXH3_128bits_withSeed_short(ReadOnlySpan<byte> data, nuint length, ulong seed);
}

/// <summary>A running xxHash without a seed. One thread at a time; usable again after <see cref="Reset"/>.</summary>
internal sealed partial class XxHashState : SafeHandle
{
    private readonly XxHashKind _kind;

    public XxHashState(XxHashKind kind)
        : base(0, ownsHandle: true)
    {
        _kind = kind;
        SetHandle(kind == XxHashKind.Hash64 ? XXH64_createState() : XXH3_createState());
        if (IsInvalid)
            throw new LinuxException(Errno.ENOMEM, "XXH_createState");
        Reset();
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Starts over.</summary>
    public void Reset() => _ = _kind switch
    {
        XxHashKind.Hash64 => XXH64_reset(this, 0),
        XxHashKind.Xxh3 => XXH3_64bits_reset(this),
        _ => XXH3_128bits_reset(this),
    };

    public void Append(ReadOnlySpan<byte> data) => _ = _kind switch
    {
        XxHashKind.Hash64 => XXH64_update(this, data, (nuint)data.Length),
        XxHashKind.Xxh3 => XXH3_64bits_update(this, data, (nuint)data.Length),
        _ => XXH3_128bits_update(this, data, (nuint)data.Length),
    };

    /// <summary>The digest of everything since the last reset; the 64-bit kinds fill the lower half.</summary>
    public UInt128 Digest()
    {
        switch (_kind)
        {
            case XxHashKind.Hash64:
                return XXH64_digest(this);
            case XxHashKind.Xxh3:
                return XXH3_64bits_digest(this);
            default:
                var hash = XXH3_128bits_digest(this);
                return new UInt128(hash.High, hash.Low);
        }
    }

    protected override bool ReleaseHandle() =>
        (_kind == XxHashKind.Hash64 ? XXH64_freeState(handle) : XXH3_freeState(handle)) == 0;

    [LibraryImport(XxHash.Library)]
    private static partial nint XXH64_createState();

    [LibraryImport(XxHash.Library)]
    private static partial int XXH64_freeState(nint state);

    [LibraryImport(XxHash.Library)]
    private static partial int XXH64_reset(XxHashState state, ulong seed);

    [LibraryImport(XxHash.Library)]
    private static partial int XXH64_update(XxHashState state, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(XxHash.Library)]
    private static partial ulong XXH64_digest(XxHashState state);

    [LibraryImport(XxHash.Library)]
    private static partial nint XXH3_createState();

    [LibraryImport(XxHash.Library)]
    private static partial int XXH3_freeState(nint state);

    [LibraryImport(XxHash.Library)]
    private static partial int XXH3_64bits_reset(XxHashState state);

    [LibraryImport(XxHash.Library)]
    private static partial int XXH3_64bits_update(XxHashState state, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(XxHash.Library)]
    private static partial ulong XXH3_64bits_digest(XxHashState state);

    [LibraryImport(XxHash.Library)]
    private static partial int XXH3_128bits_reset(XxHashState state);

    [LibraryImport(XxHash.Library)]
    private static partial int XXH3_128bits_update(XxHashState state, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(XxHash.Library)]
    private static partial XxHash.Hash128 XXH3_128bits_digest(XxHashState state);
}
