namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>The names of checksum and compression algorithms in options.</summary>
internal static class AlgorithmNames
{
    private const string Auto = "auto";

    /// <summary>In the order of preference (docs/protocol.md 2.4).</summary>
    public static IReadOnlyList<string> ChecksumList { get; } = ["xxh128", "xxh3", "xxh64", "md5", "md4", "sha1", "none"];

    /// <inheritdoc cref="ChecksumList"/>
    public static IReadOnlyList<string> CompressList { get; } = ["zstd", "lz4", "zlibx", "zlib", "none"];

    /// <inheritdoc cref="ChecksumList"/>
    public static IReadOnlyList<string> AuthList { get; } = ["sha512", "sha256", "sha1", "md5", "md4"];

    /// <summary>A choice of one or two known names; null for "auto".</summary>
    public static string? Checksum(string? choice)
    {
        foreach (var name in choice?.Split(',', 2) ?? [])
        {
            if (!IsIn(ChecksumList, name) && !Is(name, "xxhash"))
                throw Usage.Unsupported($"unknown checksum name: {name}");
        }
        return Is(choice, Auto) ? null : choice;
    }

    /// <summary>A known name; null for "auto".</summary>
    public static string? Compression(string? choice)
    {
        if (choice is not null && !IsIn(CompressList, choice))
            throw Usage.Unsupported($"unknown compress name: {choice}");
        return Is(choice, Auto) ? null : choice;
    }

    private static bool IsIn(IReadOnlyList<string> list, string name) =>
        Is(name, Auto) || list.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool Is(string? name, string other) => other.Equals(name, StringComparison.OrdinalIgnoreCase);
}
