using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>The user and group database (<c>getpwuid_r(3)</c> and its kin), and who this process is.</summary>
internal static unsafe partial class Accounts
{
    private const int FirstBuffer = 1024;
    private const int MaxBuffer = 1024 * 1024;
    private const int SetDumpable = 4;

    /// <summary>The effective user of this process.</summary>
    public static uint EffectiveUser => GetEffectiveUser();

    /// <summary>The name of a user; null when there is none, or the database cannot be asked.</summary>
    public static byte[]? UserName(uint uid) =>
        Ask<User, byte[]>((user, buffer, size, found) => GetUser(uid, user, buffer, size, found), static user => Copy(user->Name));

    /// <summary>The name of a group; null when there is none, or the database cannot be asked.</summary>
    public static byte[]? GroupName(uint gid) =>
        Ask<Group, byte[]>((group, buffer, size, found) => GetGroup(gid, group, buffer, size, found), static group => Copy(group->Name));

    /// <summary>The id of a user; null when nobody has the name. The name holds no NUL.</summary>
    public static uint? UserId(ReadOnlySpan<byte> name)
    {
        var terminated = Terminate(name);
        return Ask<User, object>((user, buffer, size, found) => GetUser(terminated, user, buffer, size, found), static user => user->Uid) as uint?;
    }

    /// <summary>The primary group of a user; null when nobody has the name. The name holds no NUL.</summary>
    public static uint? PrimaryGroup(ReadOnlySpan<byte> name)
    {
        var terminated = Terminate(name);
        return Ask<User, object>((user, buffer, size, found) => GetUser(terminated, user, buffer, size, found), static user => user->Gid) as uint?;
    }

    /// <summary>The id of a group; null when there is none of the name. The name holds no NUL.</summary>
    public static uint? GroupId(ReadOnlySpan<byte> name)
    {
        var terminated = Terminate(name);
        return Ask<Group, object>((group, buffer, size, found) => GetGroup(terminated, group, buffer, size, found), static group => group->Gid) as uint?;
    }

    /// <summary>The groups this process may give to its files: its effective and its supplementary ones.</summary>
    public static uint[] Groups()
    {
        var count = GetGroups(0, null);
        var groups = new uint[Math.Max(count, 0) + 1];
        fixed (uint* first = groups)
            count = GetGroups(groups.Length - 1, first);
        groups[Math.Max(count, 0)] = GetEffectiveGroup();
        return groups[..(Math.Max(count, 0) + 1)];
    }

    /// <summary>
    /// All of this process goes on as another user, for good. It keeps its own files in <c>/proc</c>, which the kernel takes from a process that
    /// changes its user.
    /// </summary>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The group.</param>
    /// <param name="member">Whose other groups it gets; null: none. The name holds no NUL.</param>
    /// <param name="failed">The call that failed.</param>
    public static Errno Become(uint uid, uint gid, byte[]? member, out string failed)
    {
        failed = "setgid";
        var error = ErrnoText.Of(SetGroup(gid));
        if (error != Errno.None)
            return error;
        failed = member is null ? "setgroups" : "initgroups";
        error = ErrnoText.Of(member is null ? SetGroups(1, &gid) : SetGroupsOf(Terminate(member), gid));
        if (error != Errno.None)
            return error;
        failed = "setuid";
        error = ErrnoText.Of(SetUser(uid));
        return error == Errno.None ? ErrnoText.Of(Control(SetDumpable, 1)) : error;
    }

    private delegate int Query<TRecord>(TRecord* record, byte* buffer, nuint size, TRecord** found) where TRecord : unmanaged;

    private delegate TResult Answer<TRecord, TResult>(TRecord* record) where TRecord : unmanaged;

    /// <summary>The record's texts lie in a buffer whose size nobody knows: a larger one until it fits.</summary>
    private static TResult? Ask<TRecord, TResult>(Query<TRecord> query, Answer<TRecord, TResult> answer)
        where TRecord : unmanaged
        where TResult : class
    {
        for (var size = FirstBuffer; size <= MaxBuffer; size *= 4)
        {
            TRecord record;
            TRecord* found = null;
            fixed (byte* buffer = new byte[size])
            {
                var errno = (Errno)query(&record, buffer, (nuint)size, &found);
                if (errno is Errno.ERANGE)
                    continue;
                return errno == Errno.None && found is not null ? answer(found) : null;
            }
        }
        return null;
    }

    private static byte[] Copy(byte* text) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).ToArray();

    private static byte[] Terminate(ReadOnlySpan<byte> name) => [.. name, 0];

    /// <summary>The beginning of <c>struct passwd</c>; the rest is never looked at but written by the C library.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct User
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
    }

    /// <summary>The beginning of <c>struct group</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Group
    {
        public byte* Name;
        public byte* Password;
        public uint Gid;
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int GetUser(uint uid, User* user, byte* buffer, nuint size, User** found);

    [LibraryImport("libc", EntryPoint = "getpwnam_r")]
    private static partial int GetUser(byte[] name, User* user, byte* buffer, nuint size, User** found);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static partial int GetGroup(uint gid, Group* group, byte* buffer, nuint size, Group** found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r")]
    private static partial int GetGroup(byte[] name, Group* group, byte* buffer, nuint size, Group** found);

    [LibraryImport("libc", EntryPoint = "getgroups")]
    private static partial int GetGroups(int count, uint* groups);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetEffectiveGroup();

    // The C library changes all threads.
    [LibraryImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static partial int SetUser(uint uid);

    [LibraryImport("libc", EntryPoint = "setgid", SetLastError = true)]
    private static partial int SetGroup(uint gid);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "initgroups", SetLastError = true)]
    private static partial int SetGroupsOf(byte[] user, uint gid);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint argument);
}
