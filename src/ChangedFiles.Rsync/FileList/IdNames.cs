using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// This machine's names of users and groups. Looks each up once; share one among sessions. May be used by several threads.
/// </summary>
internal sealed class IdNames
{
    // By the bits of the ids: a dictionary of int is compiled ahead, one of uint is not.
    private readonly Dictionary<int, byte[]?> _users = [];
    private readonly Dictionary<int, byte[]?> _groups = [];
    private readonly bool _known = true;

    public IdNames()
    {
    }

    private IdNames(bool known) => _known = known;

    /// <summary>Knows no names: a daemon module with numeric ids sends its tables empty (docs/protocol.md 6.5).</summary>
    public static IdNames None { get; } = new(known: false);

    /// <summary>The user's name, 1 to 255 bytes; null when it has none.</summary>
    public byte[]? FindUser(uint uid) => _known ? Find(_users, uid, Accounts.UserName) : null;

    /// <summary>The group's name, 1 to 255 bytes; null when it has none.</summary>
    public byte[]? FindGroup(uint gid) => _known ? Find(_groups, gid, Accounts.GroupName) : null;

    private static byte[]? Find(Dictionary<int, byte[]?> known, uint id, Func<uint, byte[]?> look)
    {
        lock (known)
        {
            if (known.TryGetValue((int)id, out var name))
                return name;
            // The length travels as one byte.
            return known[(int)id] = look(id) is { Length: > 0 and <= byte.MaxValue } found ? found : null;
        }
    }
}
