using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>What becomes of signals.</summary>
internal static partial class Signals
{
    private const int SIGHUP = 1, SIGINT = 2;

    /// <summary>
    /// A shell ignores them for what it starts in the background, and the runtime leaves that as it is: afterwards they can be caught again.
    /// </summary>
    public static void TakeBackIgnored()
    {
        _ = signal(SIGHUP, 0);
        _ = signal(SIGINT, 0);
    }

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
