namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Several entries that are names of one inode (docs/protocol.md 9.1). The member that is written first travels in full, and the
/// others of its list as references to it: they must have the same attributes.
/// </summary>
internal sealed class HardLinkGroup
{
    private int _lastIndex = -1;

    private HardLinkGroup()
    {
    }

    /// <summary>The group that a first member opened on the wire.</summary>
    internal HardLinkGroup(int number, FileEntry first)
    {
        (Number, First) = (number, first);
        Add(first);
    }

    /// <summary>The group's number on the wire: index of the first member in order of transmission; -1 before it has been sent.</summary>
    internal int Number { get; set; } = -1;

    /// <summary>The member that travelled first.</summary>
    internal FileEntry? First { get; set; }

    /// <summary>On the receiving side: the highest index of a member in the lists that are complete; -1 while there is none.</summary>
    public int LastIndex => Volatile.Read(ref _lastIndex);

    /// <summary>Says that all of these, none a directory, are names of one inode.</summary>
    public static HardLinkGroup Of(params ReadOnlySpan<FileEntry> members)
    {
        var group = new HardLinkGroup();
        foreach (var member in members)
            group.Add(member);
        return group;
    }

    /// <summary>Takes in another name of the inode.</summary>
    public void Add(FileEntry member)
    {
        if (member.IsDirectory)
            throw new ArgumentException($"{member}: a directory has no hard links", nameof(member));
        member.Links = this;
    }

    /// <summary>A list has been numbered that has a member at this index.</summary>
    internal void Numbered(int index) => Volatile.Write(ref _lastIndex, Math.Max(_lastIndex, index));
}
