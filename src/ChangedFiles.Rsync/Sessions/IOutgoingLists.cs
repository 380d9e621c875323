using ChangedFiles.Rsync.FileList;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>The file lists of a sending session, as its <see cref="Sender"/> needs them (docs/protocol.md 6.6 to 6.8).</summary>
internal interface IOutgoingLists
{
    /// <summary>Error bits that arose while the lists were made (11.3).</summary>
    int IoError { get; }

    /// <summary>The entry with this index; null when there is none.</summary>
    FileEntry? Find(int index);

    /// <summary>True when the index stands for the directory whose contents a list holds.</summary>
    bool IsListDirectory(int index);

    /// <summary>Sends lists until the generator has enough to do.</summary>
    void SendAhead();

    /// <summary>Sends one more list for want of anything else to do; false when there is none, or enough are out.</summary>
    bool SendNext();

    /// <summary>All that the oldest list asked for has been done; false when there is no list any more.</summary>
    bool BeginFinish();

    /// <summary>The oldest list is finished. False when it was the last one and no more will come: a phase ends.</summary>
    bool Finish();
}
