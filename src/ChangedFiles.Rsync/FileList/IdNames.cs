using System.Collections.Concurrent;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// This machine's names of users and groups. Looks each up once; share one among sessions. May be used by several threads.
/// </summary>
public sealed class IdNames
{
    private readonly ConcurrentDictionary<uint, byte[]?> _users = new();
    private readonly ConcurrentDictionary<uint, byte[]?> _groups = new();
    private readonly bool _known = true;

    public IdNames()
    {
    }

    private IdNames(bool known) => _known = known;

    /// <summary>Knows no names: a daemon module with numeric ids sends its tables empty (docs/protocol.md 6.5).</summary>
    public static IdNames None { get; } = new(known: false);

    /// <summary>The user's name, 1 to 255 bytes; null when it has none.</summary>
    public byte[]? FindUser(uint uid) => _known ? _users.GetOrAdd(uid, static id => Fitting(Accounts.UserName(id))) : null;

    /// <summary>The group's name, 1 to 255 bytes; null when it has none.</summary>
    public byte[]? FindGroup(uint gid) => _known ? _groups.GetOrAdd(gid, static id => Fitting(Accounts.GroupName(id))) : null;

    /// <summary>The length travels as one byte.</summary>
    private static byte[]? Fitting(byte[]? name) => name is { Length: > 0 and <= byte.MaxValue } ? name : null;
}
