namespace ChangedFiles.Linux;

/// <summary>Permissions of what this process makes.</summary>
internal static class FileModes
{
    // What a kernel before 4.7, which does not say, most likely has: 022.
    private const uint Usual = 0x12;

    /// <summary>The file mode creation mask, 0..0o777, as it was when it was first asked for. Asking changes nothing.</summary>
    public static uint Umask { get; } = ReadUmask();

    private static uint ReadUmask()
    {
        var field = "\nUmask:\t"u8;
        ReadOnlySpan<byte> status = File.ReadAllBytes("/proc/self/status");
        if (status.IndexOf(field) is not (>= 0 and var at))
            return Usual;
        var mask = 0u;
        for (at += field.Length; status[at] is >= (byte)'0' and <= (byte)'7'; at++)
            mask = mask << 3 | (uint)(status[at] - '0');
        return mask;
    }
}
