namespace ChangedFiles.Cli.Rsync;

/// <summary>How the client prints what its session reports.</summary>
internal sealed record OutputOptions
{
    /// <summary>The default of <see cref="LogFileFormat"/>, and the format of <c>-i</c>.</summary>
    public const string ItemizedFormat = "%i %n%L";

    /// <summary>What <c>-v</c> prints of an item.</summary>
    public const string NameFormat = "%n%L";

    /// <summary>0..3 as in <see cref="ChangedFiles.Rsync.Options.HumanNumber"/>; stock's default is 1.</summary>
    public int HumanReadable { get; init; } = 1;

    /// <summary><c>-8</c>: bytes above 127 are printed as they are.</summary>
    public bool EightBit { get; init; }

    /// <summary>The format an item is printed in; null prints none.</summary>
    public string? ItemFormat { get; init; }

    /// <summary><c>--log-file</c>; null without.</summary>
    public string? LogFile { get; init; }

    /// <summary><c>--log-file-format</c>; an empty one logs no items.</summary>
    public string LogFileFormat { get; init; } = ItemizedFormat;

    /// <summary><c>--outbuf</c>: <c>N</c>one, <c>L</c>ine or <c>B</c>lock; null is as <c>L</c>.</summary>
    public char? OutBuf { get; init; }
}
