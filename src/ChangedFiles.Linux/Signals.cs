using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>What becomes of signals.</summary>
internal static partial class Signals
{
    private const int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3;

    /// <summary>
    /// A shell ignores them for what it starts in the background, and the runtime leaves that as it is: afterwards they can be caught again.
    /// </summary>
    public static void TakeBackIgnored()
    {
        _ = signal(SIGHUP, 0);
        _ = signal(SIGINT, 0);
    }

    /// <summary>Ends the process in the way that SIGQUIT does when nobody catches it, so that who started it can tell.</summary>
    public static void DieOfQuit()
    {
        _ = signal(SIGQUIT, 0);
        _ = raise(SIGQUIT);
    }

    [LibraryImport("libc")]
    private static partial int raise(int number);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
