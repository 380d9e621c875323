using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Running;

/// <summary>A directory of this machine whose names an rsync line sends to a directory at a destination. Calls may come from several threads.</summary>
public interface IRsyncPlace : IDisposable
{
    /// <summary>Sends these names as they are now. What is not there any more is passed over: that is told by events of its own.</summary>
    /// <returns>What failed; a failure that no name can be given for stands at the root.</returns>
    /// <exception cref="DestinationException">The destination is away or refuses.</exception>
    /// <exception cref="SourceLostException">The local directory is not what it was.</exception>
    IReadOnlyList<FailedPath> Deliver(IReadOnlyList<TreePath> names, CancellationToken cancellation);

    /// <summary>Called now and then while nothing is delivered: keeps what is held open alive.</summary>
    void Tend();
}

/// <summary>Opens the place of a line, between two directories; the one at the destination is as the line would write it.</summary>
/// <exception cref="DestinationException">There is no way to the destination.</exception>
/// <exception cref="SourceLostException">The local directory cannot be opened.</exception>
public delegate IRsyncPlace RsyncRouter(RsyncAction action, string source, string destination);
