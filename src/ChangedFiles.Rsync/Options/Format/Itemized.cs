using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Options.Format;

/// <summary>What an itemized text depends on apart from the item.</summary>
/// <param name="Local">Source and destination are on this side: nothing is "sent".</param>
/// <param name="PreserveTimes"><see cref="PreserveOptions.Times"/></param>
/// <param name="SymlinkTimes">The receiving side can set times of symbolic links (docs/protocol.md 2.2).</param>
internal readonly record struct ItemizeContext(bool Local, bool PreserveTimes, bool SymlinkTimes = true);

/// <summary>The eleven characters of <c>-i</c> (<c>%i</c>), such as <c>&gt;f.st......</c> (docs/protocol.md 8).</summary>
internal static class Itemized
{
    /// <summary>Characters in the text.</summary>
    public const int Length = 11;

    /// <summary>The text of an item.</summary>
    public static string Text(in ItemReport item, in ItemizeContext context)
    {
        if (item.Flags.HasFlag(ItemFlags.Deleted))
            return "*deleting  ";
        Span<char> text = stackalloc char[Length];
        text[0] = Operation(item, context);
        text[1] = Kind(item.Kind);
        var attributes = text[2..];
        if (item.Flags.HasFlag(ItemFlags.IsNew))
            attributes.Fill('+');
        else if (item.Flags.HasFlag(ItemFlags.MissingData))
            attributes.Fill('?');
        else
        {
            Attributes(item, context, attributes);
            if (text[0] is '.' or 'h' or 'c' && attributes.IndexOfAnyExcept('.') < 0)
                attributes.Fill(' ');
        }
        return text.ToString();
    }

    private static char Operation(in ItemReport item, in ItemizeContext context)
    {
        if (item.Flags.HasFlag(ItemFlags.LocalChange))
            return item.Flags.HasFlag(ItemFlags.XnameFollows) ? 'h' : 'c';
        if (!item.Flags.HasFlag(ItemFlags.Transfer))
            return '.';
        return item.Sending && !context.Local ? '<' : '>';
    }

    private static char Kind(FileKind kind) => kind switch
    {
        FileKind.Directory => 'd',
        FileKind.Symlink => 'L',
        FileKind.Fifo or FileKind.Socket => 'S',
        FileKind.CharacterDevice or FileKind.BlockDevice => 'D',
        _ => 'f',
    };

    private static void Attributes(in ItemReport item, in ItemizeContext context, Span<char> text)
    {
        var flags = item.Flags;
        var symlink = item.Kind == FileKind.Symlink;
        text[0] = flags.HasFlag(ItemFlags.ReportChange) ? 'c' : '.';
        text[1] = flags.HasFlag(ItemFlags.ReportSize) && !symlink ? 's' : '.';
        text[2] = !flags.HasFlag(ItemFlags.ReportTime) ? '.' : TimeIsSet(flags, context, symlink) ? 't' : 'T';
        text[3] = flags.HasFlag(ItemFlags.ReportPerms) ? 'p' : '.';
        text[4] = flags.HasFlag(ItemFlags.ReportOwner) ? 'o' : '.';
        text[5] = flags.HasFlag(ItemFlags.ReportGroup) ? 'g' : '.';
        text[6] = (flags.HasFlag(ItemFlags.ReportAtime), flags.HasFlag(ItemFlags.ReportCrtime)) switch
        {
            (true, true) => 'b',
            (true, false) => 'u',
            (false, true) => 'n',
            _ => '.',
        };
        text[7] = flags.HasFlag(ItemFlags.ReportAcl) ? 'a' : '.';
        text[8] = flags.HasFlag(ItemFlags.ReportXattr) ? 'x' : '.';
    }

    private static bool TimeIsSet(ItemFlags flags, in ItemizeContext context, bool symlink) =>
        context.PreserveTimes && !(symlink && (!context.SymlinkTimes || flags.HasFlag(ItemFlags.ReportSize)));
}
