using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Everything the encoding of a file list depends on (docs/protocol.md 2.2 and 6). Both sides derive it from the same options and
/// the negotiation's result; one difference and the stream makes no sense any more.
/// </summary>
internal sealed record FileListFormat
{
    /// <summary>30, 31 or 32.</summary>
    public int Protocol { get; init; } = 32;

    /// <summary>Compat flag <c>CF_VARINT_FLIST_FLAGS</c>: flags and list ends are varints.</summary>
    public bool VarintFlags { get; init; } = true;

    /// <summary>Compat flag <c>CF_SAFE_FLIST</c>: a list's end may carry an error value. Always so from protocol 31 on.</summary>
    public bool SafeEnd { get; init; } = true;

    /// <summary>Compat flag <c>CF_ID0_NAMES</c>: id tables end with the name of id 0.</summary>
    public bool Id0Names { get; init; } = true;

    /// <summary>Compat flag <c>CF_INC_RECURSE</c>: the list comes in pieces, and names of ids come with the entries.</summary>
    public bool Incremental { get; init; }

    /// <summary><c>-o</c></summary>
    public bool Owner { get; init; }

    /// <summary><c>-g</c></summary>
    public bool Group { get; init; }

    /// <summary><c>--devices</c></summary>
    public bool Devices { get; init; }

    /// <summary><c>--specials</c></summary>
    public bool Specials { get; init; }

    /// <summary><c>-l</c></summary>
    public bool Links { get; init; }

    /// <summary><c>-H</c></summary>
    public bool HardLinks { get; init; }

    /// <summary><c>-U</c></summary>
    public bool Atimes { get; init; }

    /// <summary><c>-A</c></summary>
    public bool Acls { get; init; }

    /// <summary><c>-X</c></summary>
    public bool Xattrs { get; init; }

    /// <summary><c>--numeric-ids</c>: no names of ids travel.</summary>
    public bool NumericIds { get; init; }

    /// <summary><c>-R</c>: names may have a leading slash.</summary>
    public bool Relative { get; init; }

    /// <summary><c>--delete-missing-args</c>: an entry with mode 0 is allowed (6.11).</summary>
    public bool MissingArguments { get; init; }

    /// <summary>Bytes of the digest that regular files carry with <c>-c</c>; 0 without. At most <see cref="MaxChecksumLength"/>.</summary>
    public int ChecksumLength { get; init; }

    /// <summary>Longest digest in bytes.</summary>
    public const int MaxChecksumLength = 64;

    internal bool MayCarryError => SafeEnd || Protocol >= 31;

    /// <summary>Devices carry a number, and for protocol 30 fifos and sockets a useless one (6.3, row 14).</summary>
    internal bool HasDeviceField(FileKind kind) => kind switch
    {
        FileKind.CharacterDevice or FileKind.BlockDevice => Devices,
        FileKind.Fifo or FileKind.Socket => Specials && Protocol < 31,
        _ => false,
    };

    internal bool HasUserTable => !Incremental && !NumericIds && (Owner || Acls);

    internal bool HasGroupTable => !Incremental && !NumericIds && (Group || Acls);
}
