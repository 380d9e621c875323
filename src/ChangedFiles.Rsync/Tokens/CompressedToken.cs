namespace ChangedFiles.Rsync.Tokens;

/// <summary>The flag bytes of compressed tokens (docs/protocol.md 7.6). The two top bits tell four kinds apart.</summary>
internal static class CompressedToken
{
    public const byte End = 0x00;

    /// <summary>An absolute block number follows (<c>i32</c>).</summary>
    public const byte Long = 0x20;

    /// <summary>An absolute block number and how many more follow (<c>i32</c>, <c>u16</c>).</summary>
    public const byte LongRun = 0x21;

    /// <summary>Six high bits of a length are in the flag, the low byte follows, then as many bytes of compressed data.</summary>
    public const byte Data = 0x40;

    /// <summary>The distance from the last block number is in the flag.</summary>
    public const byte Relative = 0x80;

    /// <summary>The same, and how many more blocks follow (<c>u16</c>).</summary>
    public const byte RelativeRun = 0xC0;

    public const byte KindMask = 0xC0;
    public const byte ValueMask = 0x3F;

    /// <summary>Most bytes of compressed data in one piece.</summary>
    public const int MaxData = 0x3FFF;

    /// <summary>Most blocks after the first in one run.</summary>
    public const int MaxMore = 0xFFFF;
}
