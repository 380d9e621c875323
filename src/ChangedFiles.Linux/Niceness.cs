using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>How much of a busy processor a thread leaves to others.</summary>
internal static partial class Niceness
{
    private const int PRIO_PROCESS = 0;

    /// <summary>
    /// The calling thread gives way to what others do, for the rest of its life: whoever may not raise a priority cannot take this back. 0 is what all have, 19 the most.
    /// </summary>
    public static void Add(int nice) => _ = setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + nice);

    // With 0 it is the calling thread's alone, against POSIX (setpriority(2), C library/kernel differences).
    [LibraryImport("libc")]
    private static partial int setpriority(int which, uint who, int nice);

    [LibraryImport("libc")]
    private static partial int getpriority(int which, uint who);
}
