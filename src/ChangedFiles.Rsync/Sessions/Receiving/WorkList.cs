using ChangedFiles.Rsync.FileList;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>A file list and what is still to be done of it. The counts belong to the generating thread.</summary>
/// <param name="list">The entries.</param>
/// <param name="ioError">Error bits of the sender as of this list: what it says later may come before or after the generator is here.</param>
internal sealed class WorkList(FileList.FileList list, int ioError)
{
    public int IoError => ioError;

    public FileList.FileList List => list;

    /// <summary>The directory whose contents these are; null for a list that has none.</summary>
    public FileEntry? Directory => list.Directory;

    /// <summary>Items that are not finished: data to come, names to be linked when it has come.</summary>
    public int Outstanding { get; set; }

    /// <summary>Something was put into or taken out of <see cref="Directory"/>.</summary>
    public bool IsTouched { get; set; }

    /// <summary>The directory is not there and cannot be made: its contents are passed over.</summary>
    public bool IsSkipped { get; set; }

    /// <summary>In a dry run: the directory is not there and would have been made, so nothing in it is there.</summary>
    public bool IsAbsent { get; set; }
}
