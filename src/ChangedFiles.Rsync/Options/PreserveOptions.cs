namespace ChangedFiles.Rsync.Options;

/// <summary>Which attributes and kinds of file the transfer keeps.</summary>
public sealed record PreserveOptions
{
    /// <summary>What <c>-a</c> keeps: <c>-lptgoD</c>.</summary>
    public static PreserveOptions Archive { get; } = new()
    {
        Links = true,
        Perms = true,
        Times = true,
        Group = true,
        Owner = true,
        Devices = true,
        Specials = true,
    };

    /// <summary><c>-l</c>: symbolic links as such.</summary>
    public bool Links { get; init; }

    /// <summary><c>-H</c>: files that are hard links of each other stay so. Stock counts the letter; more than 1 means the same.</summary>
    public int HardLinks { get; init; }

    /// <summary><c>-p</c></summary>
    public bool Perms { get; init; }

    /// <summary><c>-E</c>: whether a file can be executed, when <see cref="Perms"/> is off.</summary>
    public bool Executability { get; init; }

    /// <summary><c>-A</c>: POSIX ACLs. Implies <see cref="Perms"/>.</summary>
    public bool Acls { get; init; }

    /// <summary><c>-X</c>: 1 keeps the user's attributes, 2 (<c>-XX</c>) also rsync's own of fake-super.</summary>
    public int Xattrs { get; init; }

    /// <summary><c>-o</c></summary>
    public bool Owner { get; init; }

    /// <summary><c>-g</c></summary>
    public bool Group { get; init; }

    /// <summary><c>--devices</c>: device nodes.</summary>
    public bool Devices { get; init; }

    /// <summary><c>--specials</c>: fifos and sockets.</summary>
    public bool Specials { get; init; }

    /// <summary><c>--drop-D</c>: the receiving side makes no devices and specials, whatever is sent. Of this side only, never sent.</summary>
    public bool DropDevices { get; init; }

    /// <summary><c>-t</c>: modification times.</summary>
    public bool Times { get; init; }

    /// <summary><c>-U</c>: access times.</summary>
    public bool Atimes { get; init; }

    /// <summary><c>--open-noatime</c>: reading a file does not touch its access time. <c>-UU</c> is this and <see cref="Atimes"/>.</summary>
    public bool OpenNoatime { get; init; }

    /// <summary><c>-O</c>: no times for directories.</summary>
    public bool OmitDirTimes { get; init; }

    /// <summary><c>-J</c>: no times for symbolic links.</summary>
    public bool OmitLinkTimes { get; init; }

    /// <summary><c>--numeric-ids</c>: owners and groups by number, not by name.</summary>
    public bool NumericIds { get; init; }

    /// <summary><c>--usermap</c> and the user of <c>--chown</c>, as written; null without.</summary>
    public string? UserMap { get; init; }

    /// <summary><c>--groupmap</c> and the group of <c>--chown</c>, as written; null without.</summary>
    public string? GroupMap { get; init; }

    /// <summary><c>--chmod</c>: applied by the client to the modes it sends or receives; null without.</summary>
    public ModeChange? Chmod { get; init; }

    /// <summary><c>--super</c> (true), <c>--no-super</c> (false), or by the user id (null).</summary>
    public bool? Super { get; init; }

    /// <summary><c>--fake-super</c>: owners and devices are kept in extended attributes. Of this side only, never sent.</summary>
    public bool FakeSuper { get; init; }

    /// <summary><c>--copy-as=USER[:GROUP]</c>: who reads or writes the files; null without.</summary>
    public string? CopyAs { get; init; }
}
