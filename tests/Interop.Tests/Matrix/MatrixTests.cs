using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>
/// Every set of options on every route: with this program at one end the trees and the itemized lines are those of stock at both.
/// The older rsync sees every third set, and all of them in a soak. One class for each direction: they run side by side.
/// </summary>
public abstract class MatrixTests : IDisposable
{
    private const int OlderSeesEach = 3;

    private readonly MatrixBed _bed = new();
    private readonly StringBuilder _failures = new();

    public void Dispose()
    {
        _bed.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void OurClientWithDaemon(RsyncVersion version, bool push) => OurClient(version, new MatrixRoute(_bed.Daemon(version), push));

    private protected void OurClient(RsyncVersion version, MatrixRoute route)
    {
        foreach (var options in Cases(version))
            Compare(options, () => _bed.RunStock(RsyncVersion.Installed, options, route), () => _bed.RunOurs(options, route));
        Assert.True(_failures.Length == 0, _failures.ToString());
    }

    private protected void OurServer(RsyncVersion version, bool push)
    {
        var stock = new MatrixRoute("host:", push, "-e", _bed.Shell, $"--rsync-path={version.Program()}");
        var ours = stock with { Options = ["-e", _bed.Shell, $"--rsync-path={MatrixBed.Ours}"] };
        foreach (var options in Cases(version))
            Compare(options, () => _bed.RunStock(version, options, stock), () => _bed.RunStock(version, options, ours));
        Assert.True(_failures.Length == 0, _failures.ToString());
    }

    private static IEnumerable<MatrixCase> Cases(RsyncVersion version) => MatrixCase.All
        .Where((_, number) => version == RsyncVersion.Installed || Privileges.IsSoak || number % OlderSeesEach == 0)
        .Where(options => version == RsyncVersion.Installed || !options.NotOld);

    private void Compare(MatrixCase options, Func<MatrixRun> expected, Func<MatrixRun> actual)
    {
        var difference = expected().Difference(actual());
        if (difference.Length > 0)
            _failures.Append("== ").Append(options).Append('\n').Append(difference.TrimEnd()).Append("\n\n");
    }
}

public sealed class PushMatrixTests : MatrixTests
{
    [Theory, EachRsync]
    public void Pushing_to_a_stock_daemon_ends_as_stock_does(RsyncVersion version) => OurClientWithDaemon(version, push: true);

    [Theory, EachRsync]
    public void A_stock_client_pushes_to_this_server(RsyncVersion version) => OurServer(version, push: true);
}

public sealed class PullMatrixTests : MatrixTests
{
    [Theory, EachRsync]
    public void Pulling_from_a_stock_daemon_ends_as_stock_does(RsyncVersion version) => OurClientWithDaemon(version, push: false);

    [Theory, EachRsync]
    public void A_stock_client_pulls_from_this_server(RsyncVersion version) => OurServer(version, push: false);
}

public sealed class LocalMatrixTests : MatrixTests
{
    [Fact]
    public void Copying_locally_ends_as_stock_does() => OurClient(RsyncVersion.Installed, MatrixRoute.Local);
}
