using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>The users, or groups, whose ids have been sent, with their names (docs/protocol.md 6.5).</summary>
/// <param name="find">The name of an id; null when it has none.</param>
internal sealed class SentIds(Func<uint, byte[]?> find)
{
    // By the bits of the ids: a dictionary of int is compiled ahead, one of uint is not.
    private readonly Dictionary<int, byte[]?> _names = [];

    /// <summary>Notes an id; gives its name the first time only.</summary>
    public byte[]? Add(uint id)
    {
        if (_names.ContainsKey((int)id))
            return null;
        return _names[(int)id] = find(id);
    }

    /// <summary>{ varint id, byte length, name }, varint 0 [, byte length, name of id 0].</summary>
    public void WriteTable(FrameWriter output, FileListFormat format)
    {
        foreach (var (id, name) in _names)
        {
            if (id == 0 || name is null)
                continue;
            output.WriteVarint(id);
            WriteName(output, name);
        }
        output.WriteVarint(0);
        if (format.Id0Names)
            WriteName(output, find(0));
    }

    /// <summary>byte length, name.</summary>
    public static void WriteName(FrameWriter output, ReadOnlySpan<byte> name)
    {
        output.WriteByte((byte)name.Length);
        output.Write(name);
    }
}
