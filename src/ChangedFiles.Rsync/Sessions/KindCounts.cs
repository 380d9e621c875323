using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>Numbers of items by kind, as <c>--stats</c> has them.</summary>
public readonly record struct KindCounts(long Regular, long Directories, long Links, long Devices, long Specials)
{
    /// <summary>All of them.</summary>
    public long Total => Regular + Directories + Links + Devices + Specials;

    /// <summary>One more of the kind that <paramref name="mode"/> (as <c>st_mode</c>) says.</summary>
    internal KindCounts Add(uint mode) => (FileKind)(mode & 0xF000) switch
    {
        FileKind.Regular => this with { Regular = Regular + 1 },
        FileKind.Directory => this with { Directories = Directories + 1 },
        FileKind.Symlink => this with { Links = Links + 1 },
        FileKind.BlockDevice or FileKind.CharacterDevice => this with { Devices = Devices + 1 },
        FileKind.Fifo or FileKind.Socket => this with { Specials = Specials + 1 },
        _ => this,
    };
}
