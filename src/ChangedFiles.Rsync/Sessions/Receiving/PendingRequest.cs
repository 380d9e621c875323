using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// A file whose data the sender was asked for. What the answer repeats of it is only compared with it (docs/protocol.md 11.5).
/// Made by the generating thread before it writes the request; from then on the receiving thread's until that has told the outcome.
/// </summary>
internal sealed record PendingRequest
{
    public required FileEntry Entry { get; init; }

    public required int Index { get; init; }

    /// <summary>The list whose work it is.</summary>
    public required WorkList Work { get; init; }

    /// <summary>The name it gets.</summary>
    public required TreePath Path { get; init; }

    public ItemFlags Flags { get; init; }

    /// <summary>Which basis was described, a value of <see cref="Receiving.Basis"/>.</summary>
    public byte Basis { get; init; } = Receiving.Basis.Own;

    /// <summary>Where that basis is.</summary>
    public BasisFile? BasisFile { get; init; }

    /// <summary>What was sent as the basis' shape.</summary>
    public SumHead Head { get; init; }

    /// <summary>Name of a fuzzy basis.</summary>
    public byte[] Xname { get; init; } = [];

    /// <summary>The data came once and was wrong; this is the second and last time.</summary>
    public bool IsRedo { get; init; }

    /// <summary>There is something at <see cref="Path"/> that is replaced.</summary>
    public bool Replaces { get; init; }
}

/// <summary>A file in some tree.</summary>
internal sealed record BasisFile(IFileSource Tree, TreePath Path);
