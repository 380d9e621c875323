using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Changes;

/// <summary>What may have happened to a name since it was last confirmed.</summary>
[Flags]
public enum Touch
{
    None = 0,
    /// <summary>The file may have been written to.</summary>
    Content = 0x1,
    /// <summary>Mode, owner or times were set: the time of modification need not tell of a change any more.</summary>
    Attributes = 0x2,
    /// <summary>Here is another file than before, or none.</summary>
    Replaced = 0x4,
    /// <summary>What is here was renamed to here.</summary>
    Renamed = 0x8,
    /// <summary>The file was written to, for certain: not only closed after it was open for writing.</summary>
    Written = 0x10,
    /// <summary>Nothing is known.</summary>
    Anything = Content | Attributes | Replaced,
}

/// <summary>"Look again at this name": nothing more is known, and nothing more is needed, because what is there is looked up when it is sent.</summary>
public readonly record struct DirtyMark(TreePath Path)
{
    /// <summary>Everything below is in question too: a directory that appeared, went, or was not watched for a while.</summary>
    public bool Subtree { get; init; }

    /// <summary>Every name directly in it is in question too: something may be there that the source does not have.</summary>
    public bool Names { get; init; }

    /// <summary>Of the subtree, what is known to be the same at the destination need not be compared with it: nobody said that it changed.</summary>
    public bool Trusting { get; init; }

    /// <summary>The destination has this directory, and nobody said since that it went: what is left to do of a larger mark.</summary>
    public bool IsThere { get; init; }

    /// <summary>When the oldest change behind it was seen: a timestamp of the tree's clock.</summary>
    public long Since { get; init; }

    /// <summary>Not to be taken before this timestamp: a file that is being written is not sent half-done.</summary>
    public long NotBefore { get; init; }

    /// <summary>What it may have been held for has come.</summary>
    public bool IsComplete { get; init; }

    /// <summary>What may have happened.</summary>
    public Touch Touched { get; init; } = Touch.Anything;

    /// <summary>
    /// A hint: the name that the destination has for what was renamed to here. Checked before it is used.
    /// </summary>
    public TreePath? RenamedFrom { get; init; }

    /// <summary>It was looked at once and put off, because what was found did not fit and another event was likely on its way.</summary>
    public bool PutOff { get; init; }

    /// <summary>
    /// Size and time of modification tell whether the content is the one that was confirmed: nobody wrote to it and then set its times.
    /// </summary>
    public bool IsContentKnown => (Touched & (Touch.Content | Touch.Attributes)) != (Touch.Content | Touch.Attributes);

    /// <summary>Nothing that the destination has could be trusted to be this.</summary>
    public bool IsUnknown => !IsContentKnown || (RenamedFrom is null && Touched.HasFlag(Touch.Replaced));

    /// <summary>One mark for both, when a name is marked twice. The newer hint and the earlier moment count.</summary>
    public DirtyMark Merge(DirtyMark newer)
    {
        var replaced = newer.Touched.HasFlag(Touch.Replaced);
        return this with
        {
            Subtree = Subtree || newer.Subtree,
            Names = Names || newer.Names,
            Trusting = (Trusting || !Subtree) && (newer.Trusting || !newer.Subtree),
            IsThere = IsThere && newer.IsThere,
            Since = Math.Min(Since, newer.Since),
            NotBefore = Math.Min(NotBefore, newer.NotBefore),
            PutOff = newer.PutOff,
            Touched = replaced ? newer.Touched | (Touched & Touch.Written) : Touched | newer.Touched,
            RenamedFrom = replaced ? newer.RenamedFrom : RenamedFrom,
        };
    }
}
