using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>What all measurements have in common.</summary>
internal sealed record Setup
{
    /// <summary>Where the trees are.</summary>
    public string Place { get; init; } = Path.GetTempPath();

    /// <summary>Where the mirror is, if not there too: fanotify marks a file system, so what is written beside the source is paid as well.</summary>
    public string? Other { get; init; }

    /// <summary>How many single changes are timed.</summary>
    public int Changes { get; init; } = 400;

    /// <summary>The daemon's version, and that of the rsync that is measured against.</summary>
    public RsyncVersion Version { get; init; } = RsyncVersion.Installed;

    /// <summary>A large real tree.</summary>
    public string Archive { get; init; } = "/usr/src/linux-source-6.1.tar.xz";

    /// <summary>Measures only the contender of this name.</summary>
    public string? Only { get; init; }

    /// <summary>Those that are on this machine.</summary>
    public IEnumerable<Contender> Contenders(params IEnumerable<Contender> all) =>
        all.Where(contender => contender.IsHere && (Only is null || contender.Name == Only));
}
