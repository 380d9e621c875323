namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// Several entries that are names of one inode (docs/protocol.md 9.1). The member that is written first travels in full, and the
/// others of its list as references to it: they must have the same attributes.
/// </summary>
public sealed class HardLinkGroup
{
    private readonly List<LinkedFile> _members = [];

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

    /// <summary>On the receiving side: the members of all lists that are complete, by index.</summary>
    public IReadOnlyList<LinkedFile> Members => _members;

    /// <summary>On the receiving side: a member that is in place with the right contents, to link the others to; null while there is none.</summary>
    public FileEntry? Finished { get; set; }

    /// <summary>On the receiving side: the member whose data has been asked for; null while none has.</summary>
    public LinkedFile? Leader { get; private set; }

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

    /// <summary>Chooses the member to transfer: the last that is known, as stock rsync does, or the one before the leader that failed.</summary>
    /// <returns>False when every member has been tried.</returns>
    public bool TryNextLeader()
    {
        var at = Leader is { } failed ? _members.FindIndex(member => member.Index >= failed.Index) : _members.Count;
        Leader = at > 0 ? _members[at - 1] : Leader;
        return at > 0;
    }

    /// <summary>A list has been numbered that this is a member of.</summary>
    internal void Numbered(int index, FileEntry member) => _members.Add(new LinkedFile(index, member));
}

/// <summary>A member of a group, with its index in the session's lists.</summary>
public readonly record struct LinkedFile(int Index, FileEntry Entry);
