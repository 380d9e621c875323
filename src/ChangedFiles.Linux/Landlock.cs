using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>Gives up rights that a thread will not need (<c>landlock(7)</c>): what a bug or a planted link would lead it to, it cannot do.</summary>
internal static partial class Landlock
{
    private const int CreateRulesetVersion = 1;
    private const int RulePathBeneath = 1;
    private const int PR_SET_NO_NEW_PRIVS = 38;

    // The third version of the interface; those before know of no truncation, or of no renames between directories.
    private const int NeededVersion = 3;
    private const ulong Execute = 1 << 0;
    private const ulong WriteFile = 1 << 1;
    private const ulong RemoveAndMake = 0x1FF << 4;
    private const ulong ReferAndTruncate = 0x3 << 13;
    private const ulong Change = WriteFile | RemoveAndMake | ReferAndTruncate;

    /// <summary>
    /// From now on the calling thread, and every thread and process that it starts, changes nothing in any file system outside of some directories, and starts no
    /// program from a file. What is open stays open. Nothing takes this back.
    /// </summary>
    /// <param name="directories">Where changes are allowed, and below.</param>
    /// <returns><see cref="Errno.ENOSYS"/> or <see cref="Errno.EOPNOTSUPP"/> where the kernel cannot; then nothing is given up.</returns>
    public static unsafe Errno ChangeOnlyBelow(IEnumerable<SafeFileHandle> directories)
    {
        var version = (int)landlock_create_ruleset(SystemCalls.LandlockCreateRuleset, null, 0, CreateRulesetVersion);
        if (version < NeededVersion)
            return version < 0 ? ErrnoText.Of(version) : Errno.EOPNOTSUPP;
        var handled = Execute | Change;
        using var rules = new SafeFileHandle((nint)landlock_create_ruleset(SystemCalls.LandlockCreateRuleset, &handled, sizeof(ulong), 0), ownsHandle: true);
        if (rules.IsInvalid)
            return ErrnoText.Of(-1);
        foreach (var directory in directories)
        {
            var beneath = new PathBeneath { Allowed = Change, Parent = (int)directory.DangerousGetHandle() };
            if (landlock_add_rule(SystemCalls.LandlockAddRule, rules, RulePathBeneath, &beneath, 0) != 0)
                return ErrnoText.Of(-1);
        }
        // Without it only who may do everything may give up something.
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            return ErrnoText.Of(-1);
        return ErrnoText.Of(landlock_restrict_self(SystemCalls.LandlockRestrictSelf, rules, 0));
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PathBeneath
    {
        public ulong Allowed;
        public int Parent;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long landlock_create_ruleset(long number, ulong* handled, nuint size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long landlock_add_rule(long number, SafeFileHandle rules, int kind, PathBeneath* rule, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long landlock_restrict_self(long number, SafeFileHandle rules, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);
}
