namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>The names of checksum and compression algorithms in options.</summary>
internal static class AlgorithmNames
{
    private static readonly string[] Checksums = ["auto", "xxh128", "xxh3", "xxh64", "xxhash", "md5", "md4", "sha1", "none"];
    private static readonly string[] Compressions = ["auto", "zstd", "lz4", "zlibx", "zlib", "none"];

    /// <summary>A choice of one or two known names; null for "auto".</summary>
    public static string? Checksum(string? choice)
    {
        foreach (var name in choice?.Split(',', 2) ?? [])
        {
            if (!Checksums.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw Usage.Unsupported($"unknown checksum name: {name}");
        }
        return choice?.ToLowerInvariant() is "auto" or "auto,auto" ? null : choice;
    }

    /// <summary>A known name; null for "auto".</summary>
    public static string? Compression(string? choice)
    {
        if (choice is not null && !Compressions.Contains(choice, StringComparer.OrdinalIgnoreCase))
            throw Usage.Unsupported($"unknown compress name: {choice}");
        return "auto".Equals(choice, StringComparison.OrdinalIgnoreCase) ? null : choice;
    }
}
