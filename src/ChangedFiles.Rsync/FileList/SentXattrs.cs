using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>The sets of attributes that have been sent: each travels once (docs/protocol.md 9.3).</summary>
internal sealed class SentXattrs(FrameWriter output)
{
    private readonly Dictionary<XattrList, int> _numbers = [];

    /// <summary>varint number + 1, or varint 0, varint count, { varint name length, varint value length, name NUL, value or digest }.</summary>
    public void Write(XattrList list)
    {
        if (_numbers.TryGetValue(list, out var number))
        {
            output.WriteVarint(number + 1);
            return;
        }
        _numbers.Add(list, _numbers.Count);
        output.WriteVarint(0);
        output.WriteVarint(list.Items.Count);
        foreach (var item in list.Items)
        {
            output.WriteVarint(item.Name.Length + 1);
            output.WriteVarint(item.Length);
            output.Write(item.Name);
            output.WriteByte(0);
            output.Write(item.Listed);
        }
    }
}
