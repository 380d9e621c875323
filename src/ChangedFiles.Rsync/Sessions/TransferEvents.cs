using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>Takes one item; its memory is valid only during the call.</summary>
public delegate void ItemHandler(in ItemReport item);

/// <summary>
/// What a half tells as it goes. Texts for people are not among it: see <see cref="Session.OnSay"/>. Calls come from the session's threads,
/// one at a time; do not block in them. On a server most of it goes to the peer instead.
/// </summary>
public sealed record TransferEvents
{
    /// <summary>The list is begun: in pieces (true) or whole (false).</summary>
    public Action<bool>? OnListBegins { get; init; }

    /// <summary>The first, or only, list is complete.</summary>
    public Action? OnListEnds { get; init; }

    /// <summary>All that a list asked for has been done, in a phase of the session; of an incremental one each of its parts.</summary>
    public Action? OnListDone { get; init; }

    /// <summary>With <c>--list-only</c>: an entry of the list, in its order.</summary>
    public Action<FileEntry>? OnListed { get; init; }

    /// <summary>The data of a file is about to move.</summary>
    public ItemHandler? OnBeforeTransfer { get; init; }

    /// <summary>The data of a file has moved (in a dry run: would have).</summary>
    public ItemHandler? OnTransferred { get; init; }

    /// <summary>An item without data was made, changed, or reported as it is.</summary>
    public ItemHandler? OnItem { get; init; }

    /// <summary>Something was deleted on the receiving side, or would have been. Only its name, and whether it is a directory, are known for sure.</summary>
    public ItemHandler? OnDeleted { get; init; }

    /// <summary>A file whose data could not be sent or put in its place, and why. The run goes on.</summary>
    public Action<FileEntry, Errno>? OnFileFailed { get; init; }

    /// <summary>How many bytes of a file have been dealt with, as literals or matches.</summary>
    public Action<FileEntry, long>? OnProgress { get; init; }

    /// <summary>
    /// Asked before the data of a file is sent; true refuses it, and the receiver goes on without. The number is that of the blocks that the receiver has of
    /// the file it would be built upon.
    /// </summary>
    internal Func<FileEntry, int, bool>? Declines { get; init; }
}
