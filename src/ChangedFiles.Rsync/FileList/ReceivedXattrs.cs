using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>The sets of attributes that have come, in order of their numbers (docs/protocol.md 9.3).</summary>
internal sealed class ReceivedXattrs(FrameReader input)
{
    /// <summary>Most attributes of a file.</summary>
    public const int MaxCount = 65536;

    /// <summary>Longest name in bytes, with the NUL.</summary>
    public const int MaxName = 4096;

    /// <summary>Longest value in bytes that a peer may announce. This machine keeps 64 KiB at most.</summary>
    public const int MaxValue = 128 << 20;

    private readonly List<XattrList> _lists = [];

    /// <summary>Reads what <see cref="SentXattrs.Write"/> writes.</summary>
    public XattrList Read()
    {
        var number = input.ReadVarint(0, _lists.Count, "number of an attribute set");
        if (number > 0)
            return _lists[number - 1];
        var items = new List<ListedXattr>();
        for (var left = input.ReadVarint(0, MaxCount, "number of attributes"); left > 0; left--)
            items.Add(ReadItem());
        var list = items.Count == 0 ? XattrList.Empty : new XattrList(items);
        _lists.Add(list);
        return list;
    }

    private ListedXattr ReadItem()
    {
        var nameLength = input.ReadVarint(2, MaxName, "length of an attribute's name");
        var length = input.ReadVarint(0, int.MaxValue, "length of an attribute's value");
        if (length > MaxValue)
            throw input.Bad($"xattr datum_len exceeds per-value limit: {length}");
        var name = input.ReadBytes(nameLength);
        if (name.AsSpan().IndexOf((byte)0) != nameLength - 1)
            throw input.Bad("an attribute's name without NUL at its end");
        var listed = length > ListedXattr.MaxListedValue ? ListedXattr.DigestLength : length;
        return new ListedXattr(name[..^1], length, input.ReadBytes(listed));
    }
}
