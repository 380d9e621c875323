using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>A set of options to be tried on every route.</summary>
/// <param name="Options">Words; <c>{run}</c> is the run's directory, <c>{up}</c> the way from the destination to it,
/// <c>{there}</c> what the remote side calls it.</param>
internal sealed record MatrixCase(params string[] Options)
{
    /// <summary>The sources below the run's directory; null is <c>src/</c>.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>Everything there is to try.</summary>
    public static IReadOnlyList<MatrixCase> All { get; } = [.. SoakPart.Of([.. Everyday, .. Privileges.IsSoak ? FurtherCases.All : []])];

    private static IReadOnlyList<MatrixCase> Everyday =>
    [
        new("-a"),
        new("-aHAX"),
        new("-aS"),
        new("-rlt"),
        new("-r"),
        new("-ac"),
        new("-rc"),
        new("-aI"),
        new("-a", "--size-only"),
        new("-az", "--compress-choice=zstd"),
        new("-az", "--compress-choice=lz4"),
        new("-az", "--compress-choice=zlibx"),
        new("-az", "--compress-choice=zlib"),
        new("-az", "--compress-level=1"),
        new("-a", "--no-W", "--checksum-choice=md5"),
        new("-a", "--delete"),
        new("-a", "--delete-before"),
        new("-a", "--delete-during"),
        new("-a", "--delete-delay"),
        new("-a", "--delete-after"),
        new("-a", "--delete", "--delete-excluded", "--exclude=*.o"),
        new("-a", "--delete", "--filter=P keep*", "--exclude=d1/"),
        new("-a", "--delete", "--max-delete=1"),
        new("-a", "--force"),
        new("-a", "--exclude=*.o", "--include=d1/**", "--exclude=d*"),
        new("-a", "--filter=: .rules", "--delete"),
        new("-aFF"),
        new("-aC"),
        new("-a", "--files-from={run}/names", "--delete"),
        new("-ar", "--files-from={run}/names"),
        new("-a", "--files-from={run}/names", "--no-relative"),
        new("-aR") { Sources = ["src/./d1/sub", "src/./a.txt"] },
        new("-aR", "--no-implied-dirs") { Sources = ["src/./d1/sub/deep.txt"] },
        new("-a") { Sources = ["src/a.txt", "src/d1", "src/link"] },
        new("-a") { Sources = ["src"] },
        new("-d") { Sources = ["src/"] },
        new("-a", "--no-r", "-d", "--delete") { Sources = ["src/"] },
        new("-a", "--link-dest={up}/alt/"),
        new("-a", "--compare-dest={up}/alt/"),
        new("-a", "--copy-dest={up}/alt/"),
        new("-a", "--inplace", "--no-W"),
        new("-a", "--append", "--no-W"),
        new("-a", "--append-verify", "--no-W"),
        new("-a", "--partial"),
        new("-a", "--partial-dir=.part"),
        new("-a", "--delay-updates"),
        new("-a", "-b", "--suffix=.bak"),
        new("-ab", "--backup-dir={up}/kept", "--delete"),
        new("-a", "--chmod=Dg+w,Fo-r"),
        new("-a", "--chown=1:2"),
        new("-a", "--usermap=*:3", "--groupmap=*:4"),
        new("-a", "--numeric-ids"),
        new("-a", "--max-size=1000", "--min-size=3"),
        new("-a", "--existing"),
        new("-a", "--ignore-existing"),
        new("-au"),
        new("-a", "--remove-source-files"),
        new("-a", "--bwlimit=100000", "--timeout=60"),
        new("-a", "--no-inc-recursive"),
        new("-a", "--protocol=30"),
        new("-aH", "--protocol=31", "--delete"),
        new("-aL"),
        new("-ak"),
        new("-aK"),
        new("-a", "--safe-links"),
        new("-a", "--copy-unsafe-links"),
        new("-am", "--include=*/", "--include=*.txt", "--exclude=*"),
        new("-aO", "-J"),
        new("-aU"),
        new("-ay", "--no-W"),
        new("-aii"),
        new("-an", "--delete"),
        new("-a", "--out-format=%i %n%L %l %B"),
        new("-a", "--preallocate"),
        new("-a", "--fsync"),
        new("-as"),
        new("-E", "-rt"),
        new("-a", "--omit-dir-times", "--update"),
        new("-a", "--ignore-missing-args") { Sources = ["src/a.txt", "src/nope"] },
        new("-a", "--delete-missing-args", "--no-implied-dirs", "-R") { Sources = ["src/./a.txt", "src/./gone.txt"] },
        new("-a") { Sources = ["src/a.txt", "src/nope"] },
    ];

    public override string ToString() => $"{string.Join(' ', Options)}{(Sources is null ? "" : $" [{string.Join(' ', Sources)}]")}";
}
