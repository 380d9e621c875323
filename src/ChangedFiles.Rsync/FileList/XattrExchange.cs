using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Fetching the long values of a file's attributes within an item (docs/protocol.md 9.3).
/// <code>
/// request: { varint position - last position } · 00
/// answer:  { varint position - last position · varint length · value } · 00
/// </code>
/// </summary>
internal static class XattrExchange
{
    /// <summary>The kernel keeps no longer value (XATTR_SIZE_MAX); what is longer is read and dropped.</summary>
    private const int MaxKept = 64 << 10;

    /// <summary>The generator asks for all long values of <paramref name="list"/> that it neither has nor has asked for.</summary>
    /// <param name="isKnown">True when this side has the value already; it has then put it in place.</param>
    public static void WriteRequest(FrameWriter output, XattrList list, Predicate<ListedXattr> isKnown)
    {
        var last = 0;
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = list.Items[i];
            if (!item.IsLong || item.IsRequested || item.Value is not null || isKnown(item))
                continue;
            item.IsRequested = true;
            output.WriteVarint(i + 1 - last);
            last = i + 1;
        }
        output.WriteVarint(0);
    }

    /// <summary>The sender reads which attributes are wanted.</summary>
    /// <returns>Their places in <see cref="XattrList.Items"/>.</returns>
    public static List<int> ReadRequest(FrameReader input, XattrList list)
    {
        var wanted = new List<int>();
        for (var last = 0; ReadPosition(input, list, ref last); wanted.Add(last - 1))
            input.Check(wanted.Count, 0, list.Items.Count - 1, "number of attributes asked for");
        return wanted;
    }

    /// <summary>The sender answers.</summary>
    /// <param name="read">The value as it is now; null when there is none any more, which is sent as an empty one.</param>
    public static void WriteAnswer(FrameWriter output, XattrList list, List<int> wanted, Func<byte[], byte[]?> read)
    {
        var last = -1;
        foreach (var at in wanted)
        {
            output.WriteVarint(at - last);
            last = at;
            var value = read(list.Items[at].Name) ?? [];
            output.WriteVarint(value.Length);
            output.Write(value);
        }
        output.WriteVarint(0);
    }

    /// <summary>The receiver takes the values in; one that is too long for this machine stays null.</summary>
    public static void ReadAnswer(FrameReader input, XattrList list)
    {
        for (var last = 0; ReadPosition(input, list, ref last);)
        {
            var item = list.Items[last - 1];
            if (!item.IsRequested || item.Value is not null)
                throw input.Bad("the value of an attribute that was not asked for");
            var length = input.ReadVarint(0, ReceivedXattrs.MaxValue, "length of an attribute's value");
            if (length <= MaxKept)
                item.Value = input.ReadBytes(length);
            else
                input.Skip(length);
        }
    }

    private static bool ReadPosition(FrameReader input, XattrList list, ref int last)
    {
        var step = input.ReadVarint();
        if (step != 0)
            last = input.Check(unchecked(last + step), 1, list.Items.Count, "position of an attribute");
        return step != 0;
    }
}
