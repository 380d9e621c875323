using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Destinations;

/// <summary>What happens to a name.</summary>
public enum ChangeKind
{
    /// <summary>It is made, or its contents are brought there.</summary>
    Send,
    /// <summary>Only its mode, owner or time are set.</summary>
    SetAttributes,
    /// <summary>It is removed, with all that is below it.</summary>
    Delete,
}

/// <summary>Something that was done at a destination, or that a dry run would have done.</summary>
public readonly record struct NameChange(TreePath Path, ChangeKind Kind);
