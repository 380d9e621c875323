using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Changes;

/// <summary>"Look again at this name": nothing more is known, and nothing more is needed, because what is there is looked up when it is sent.</summary>
public readonly record struct DirtyMark(TreePath Path)
{
    /// <summary>Everything below is in question too: a directory that appeared, went, or was not watched for a while.</summary>
    public bool Subtree { get; init; }

    /// <summary>Every name directly in it is in question too: something may be there that the source does not have.</summary>
    public bool Names { get; init; }

    /// <summary>Of the subtree, what is known to be the same at the destination need not be compared with it: nobody said that it changed.</summary>
    public bool Trusting { get; init; }

    /// <summary>When the oldest change behind it was seen: a timestamp of the tree's clock.</summary>
    public long Since { get; init; }

    /// <summary>Not to be taken before this timestamp: a file that is being written is not sent half-done.</summary>
    public long NotBefore { get; init; }

    /// <summary>A hint: what is here now may be what was there before. A wrong hint costs nothing but the attempt.</summary>
    public TreePath? RenamedFrom { get; init; }

    /// <summary>One mark for both, when a name is marked twice. The newer hint and the earlier moment count.</summary>
    public DirtyMark Merge(DirtyMark newer) => this with
    {
        Subtree = Subtree || newer.Subtree,
        Names = Names || newer.Names,
        Trusting = (Trusting || !Subtree) && (newer.Trusting || !newer.Subtree),
        Since = Math.Min(Since, newer.Since),
        NotBefore = Math.Min(NotBefore, newer.NotBefore),
        RenamedFrom = newer.RenamedFrom ?? RenamedFrom,
    };
}
