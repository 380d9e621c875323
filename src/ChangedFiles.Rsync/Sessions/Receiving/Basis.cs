namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Where the blocks come from that the sender does not send: the values of the wire (docs/protocol.md 7.2).</summary>
internal static class Basis
{
    /// <summary>The same path below alternate destination number 0; further ones count on.</summary>
    public const byte FirstAlternate = 0;

    /// <summary>Most alternate destinations.</summary>
    public const int MaxAlternates = 20;

    /// <summary>The destination file itself.</summary>
    public const byte Own = 0x80;

    /// <summary>The file in the partial-dir.</summary>
    public const byte Partial = 0x81;

    /// <summary>The backup that was made of a file to be written in place.</summary>
    public const byte Backup = 0x82;

    /// <summary>Another file of the directory; above it, of the same directory in alternate destination n.</summary>
    public const byte Fuzzy = 0x83;
}
