using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Options.Format;

/// <summary>Modes as <c>ls -l</c> shows them.</summary>
internal static class PermissionText
{
    /// <summary>Type letter and permissions, such as <c>drwxr-xr-x</c>.</summary>
    public static string WithType(uint mode)
    {
        var type = (FileKind)(mode & 0xF000) switch
        {
            FileKind.Directory => 'd',
            FileKind.Symlink => 'l',
            FileKind.CharacterDevice => 'c',
            FileKind.BlockDevice => 'b',
            FileKind.Fifo => 'p',
            FileKind.Socket => 's',
            _ => '-',
        };
        return type + Permissions(mode);
    }

    /// <summary>The nine permission letters alone.</summary>
    public static string Permissions(uint mode)
    {
        Span<char> text = stackalloc char[9];
        for (var i = 0; i < text.Length; i++)
            text[i] = (mode & (0x100u >> i)) != 0 ? "rwx"[i % 3] : '-';
        Special(text, 2, (mode & 0x800) != 0, 's');
        Special(text, 5, (mode & 0x400) != 0, 's');
        Special(text, 8, (mode & 0x200) != 0, 't');
        return text.ToString();
    }

    private static void Special(Span<char> text, int at, bool set, char letter)
    {
        if (set)
            text[at] = text[at] == 'x' ? letter : char.ToUpperInvariant(letter);
    }
}
