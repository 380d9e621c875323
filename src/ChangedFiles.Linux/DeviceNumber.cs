namespace ChangedFiles.Linux;

/// <summary>Device numbers as <c>makedev(3)</c> packs them.</summary>
internal static class DeviceNumber
{
    public static ulong Make(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
}
