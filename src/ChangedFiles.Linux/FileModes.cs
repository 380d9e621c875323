namespace ChangedFiles.Linux;

/// <summary>Permissions of what this process makes.</summary>
public static class FileModes
{
    // What a kernel before 4.7, which does not say, most likely has: 022.
    private const uint Usual = 0x12;

    /// <summary>The file mode creation mask, 0..0o777, as it was when it was first asked for. Asking changes nothing.</summary>
    public static uint Umask { get; } = ReadUmask();

    private static uint ReadUmask()
    {
        const string Field = "Umask:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? Usual : Convert.ToUInt32(line[Field.Length..].Trim(), 8);
    }
}
