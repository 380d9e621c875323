namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>What the receiving thread has to tell the generating one.</summary>
internal enum NewsKind
{
    /// <summary>A list has come.</summary>
    List,

    /// <summary>No more lists will come.</summary>
    ListsEnd,

    /// <summary>A file is in its place.</summary>
    Received,

    /// <summary>A file came wrong and is to be asked for once more.</summary>
    Redo,

    /// <summary>A file cannot be had.</summary>
    Failed,

    /// <summary>The sender has ended a phase.</summary>
    PhaseEnd,

    /// <summary>The sender has said its last word.</summary>
    End,

    /// <summary>There is nothing in the lists: the session is over.</summary>
    Nothing,
}

/// <summary>One piece of news. A class: collections of it are compiled ahead.</summary>
internal sealed record News(NewsKind Kind, PendingRequest? Request = null, WorkList? List = null);
