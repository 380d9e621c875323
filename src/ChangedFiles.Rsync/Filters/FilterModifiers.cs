namespace ChangedFiles.Rsync.Filters;

/// <summary>Which half of a transfer asks: the sender hides, the receiver protects from deletion.</summary>
internal enum FilterSide
{
    Sender,
    Receiver,
}

/// <summary>The letters after a rule's name (docs/protocol.md 5.2).</summary>
[Flags]
internal enum FilterModifiers
{
    None = 0,
    /// <summary><c>/</c>: matched against the path from the top of the file system (or of the daemon's module).</summary>
    AbsolutePath = 1,
    /// <summary><c>!</c>: takes effect where the pattern does not match.</summary>
    Negate = 2,
    /// <summary><c>C</c>: on an exclude the built-in CVS list, on a merge file CVS's way of reading it.</summary>
    Cvs = 4,
    /// <summary><c>n</c>: the merge file's rules are not inherited by sub-directories.</summary>
    NoInherit = 8,
    /// <summary><c>w</c>: the merge file holds words, not lines.</summary>
    Words = 0x10,
    /// <summary><c>+</c> or <c>-</c>: the merge file holds patterns only.</summary>
    NoPrefixes = 0x20,
    /// <summary><c>e</c>: the merge file itself is excluded.</summary>
    ExcludeSelf = 0x40,
    /// <summary><c>x</c>: about names of extended attributes, not of files.</summary>
    Xattr = 0x80,
    /// <summary><c>s</c>: for the sending side.</summary>
    Sender = 0x100,
    /// <summary><c>r</c>: for the receiving side.</summary>
    Receiver = 0x200,
    /// <summary><c>p</c>: does not keep a directory from being deleted.</summary>
    Perishable = 0x400,
    /// <summary>A trailing slash: matches directories only.</summary>
    DirectoryOnly = 0x800,
    /// <summary>The rule includes (<c>+</c>); without it the rule excludes.</summary>
    Include = 0x1000,

    /// <summary>Both sides' letters.</summary>
    Sides = Sender | Receiver,
}
