using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>Numbers of the system calls that older C libraries have no function for.</summary>
internal static class SystemCalls
{
    // Since Linux 5.0 a new call has one number on every architecture.
    public const int OpenAt2 = 437;
    public const int LandlockCreateRuleset = 444;
    public const int LandlockAddRule = 445;
    public const int LandlockRestrictSelf = 446;
    public const int FchmodAt2 = 452;
    public const int SetXattrAt = 463;
    public const int GetXattrAt = 464;
    public const int ListXattrAt = 465;
    public const int RemoveXattrAt = 466;

    public static readonly int GetDents64 = Choose(x64: 217, arm64: 61);
    public static readonly int MknodAt = Choose(x64: 259, arm64: 33);

    private static int Choose(int x64, int arm64) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => x64,
        Architecture.Arm64 => arm64,
        var other => throw new PlatformNotSupportedException($"Linux on {other} is not supported"),
    };
}
