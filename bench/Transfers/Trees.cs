namespace ChangedFiles.Bench.Transfers;

/// <summary>What is transferred.</summary>
internal static class Trees
{
    private const int FilesInDirectory = 100;

    /// <summary>One file that nothing compresses.</summary>
    public static void Large(string tree, long length)
    {
        var random = new Random(1);
        var block = new byte[1 << 20];
        using var file = File.Create(Path.Combine(tree, "large"));
        for (var written = 0L; written < length; written += block.Length)
        {
            random.NextBytes(block);
            file.Write(block);
        }
    }

    /// <summary>Many files of one length, 100 in a directory.</summary>
    public static void Small(string tree, int count, int length)
    {
        var random = new Random(1);
        var content = new byte[length];
        for (var i = 0; i < count; i++)
        {
            var directory = $"{tree}/d{i / FilesInDirectory}";
            if (i % FilesInDirectory == 0)
                Directory.CreateDirectory(directory);
            random.NextBytes(content);
            File.WriteAllBytes($"{directory}/f{i}", content);
        }
    }

    /// <summary>Overwrites 4 KiB in the middle, each time with something else.</summary>
    public static void Change(string tree, int round)
    {
        using var file = File.OpenHandle(Path.Combine(tree, "large"), FileMode.Open, FileAccess.Write);
        var content = new byte[4096];
        new Random(round).NextBytes(content);
        RandomAccess.Write(file, content, 300_000_000);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(round));
    }
}
