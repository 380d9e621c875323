using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Sessions;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A directory that a stock rsync serves: opens sessions into it. Several threads may open sessions.</summary>
internal interface IRsyncServer : IDisposable
{
    /// <summary>Opens a session up to the point before its file list.</summary>
    /// <param name="words">The server's options, without the place at their end.</param>
    /// <param name="below">The directory the session is to be for, below that of the destination.</param>
    /// <param name="timeout">Longest silence of the server afterwards.</param>
    /// <exception cref="Rsync.RsyncException">It could not be reached, or refuses.</exception>
    Session Open(IReadOnlyList<string> words, TreePath below, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>What a session that is for the directory <paramref name="below"/> calls another one of the destination.</summary>
    string PathOf(TreePath directory, TreePath below) => string.Concat(Enumerable.Repeat("../", below.Depth)) + directory;

    /// <summary>True for a failure that no waiting will change.</summary>
    bool IsPermanent(Rsync.RsyncException failure);
}
