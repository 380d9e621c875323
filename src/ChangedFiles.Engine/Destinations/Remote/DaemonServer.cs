using System.Text;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Engine.Destinations.Remote;

/// <summary>A directory in a module of a daemon.</summary>
/// <param name="address">The module.</param>
/// <param name="place">In the module, without slashes at the ends; empty is the module itself.</param>
/// <param name="password">Null when the module asks nobody.</param>
internal sealed class DaemonServer(DaemonAddress address, string place, byte[]? password) : IRsyncServer
{
    private KnownDaemon? _known;

    public Session Open(IReadOnlyList<string> words, TreePath below, TimeSpan timeout, CancellationToken cancellation)
    {
        string[] levels = [address.Module, place, below.IsRoot ? "" : Encoding.UTF8.GetString(below.Bytes)];
        var path = string.Concat(levels.Where(level => level.Length > 0).Select(level => level + "/"));
        var known = _known;
        var session = DaemonClient.Open(
            new DaemonRequest
            {
                Address = address,
                Arguments = [.. words.Append(".").Append(path).Select(Encoding.UTF8.GetBytes)],
                Password = password,
                Timeout = timeout,
            },
            ref known, cancellation);
        _known = known;
        return session;
    }

    /// <summary>From the top of the module: daemons before 3.4 that do not chroot strip what leads up.</summary>
    public string PathOf(TreePath directory, TreePath below) => place.Length > 0 ? $"/{place}/{directory}" : $"/{directory}";

    public bool IsPermanent(Rsync.RsyncException failure) => failure is DaemonRefusedException { IsTemporary: false };

    public void Dispose()
    {
    }
}
