using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>
/// Every set of options on every route: with this program at one end or both, the trees and the itemized lines are those of stock at both.
/// The older rsync sees every third set; two ends of this program, and either at sshd, some of them; and all, and further ones, in a soak.
/// One class for each direction: they run side by side.
/// </summary>
public abstract class MatrixTests(MatrixBed bed)
{
    private readonly StringBuilder _failures = new();

    private protected void OurClientWithDaemon(RsyncVersion version, bool push) => OurClient(version, new MatrixRoute(bed.Daemon(version), push));

    private protected void OurClient(RsyncVersion version, MatrixRoute route)
    {
        foreach (var options in AllOrThird(version))
            Compare(options, bed.RunStock(RsyncVersion.Installed, options, route), bed.RunOurs(options, route));
        NoneFailed();
    }

    /// <summary>What stands at both ends, to be compared with the installed rsync in our place.</summary>
    private protected void OverPipe(RsyncVersion? client, RsyncVersion? server, bool push, IEnumerable<MatrixCase> cases) =>
        Over(bed.Pipe, client, server, push, cases);

    private protected void OverSshd(RsyncVersion? client, RsyncVersion? server, bool push, IEnumerable<MatrixCase> cases) =>
        Over(bed.Ssh, client, server, push, cases);

    private void Over(
        Func<bool, string, MatrixRoute> way, RsyncVersion? client, RsyncVersion? server, bool push, IEnumerable<MatrixCase> cases)
    {
        var route = way(push, server?.Program() ?? MatrixBed.Ours);
        foreach (var options in cases)
        {
            var expected = bed.StockWithStock(client ?? RsyncVersion.Installed, server ?? RsyncVersion.Installed, options, push);
            Compare(options, expected, client is { } stock ? bed.RunStock(stock, options, route) : bed.RunOurs(options, route));
        }
        NoneFailed();
    }

    private protected static IEnumerable<MatrixCase> OneIn(int count, int rest) =>
        MatrixCase.All.Where((_, number) => Privileges.IsSoak || number % count == rest);

    private protected static IEnumerable<MatrixCase> AllOrThird(RsyncVersion version) =>
        version == RsyncVersion.Installed ? MatrixCase.All : OneIn(3, 0);

    private void Compare(MatrixCase options, MatrixRun expected, MatrixRun actual)
    {
        var difference = expected.Difference(actual);
        if (difference.Length > 0)
            _failures.Append("== ").Append(options).Append('\n').Append(difference.TrimEnd()).Append("\n\n");
    }

    private void NoneFailed() => Assert.True(_failures.Length == 0, _failures.ToString());
}

public sealed class PushMatrixTests(MatrixBed bed) : MatrixTests(bed), IClassFixture<MatrixBed>
{
    [Theory, EachRsync]
    public void Pushing_to_a_stock_daemon_ends_as_stock_does(RsyncVersion version) => OurClientWithDaemon(version, push: true);

    [Theory, EachRsync]
    public void A_stock_client_pushes_to_this_server(RsyncVersion version) =>
        OverPipe(version, null, push: true, AllOrThird(version));

    [Fact]
    public void This_client_pushes_to_this_server() => OverPipe(null, null, push: true, OneIn(6, 1));

    [Theory, EachRsync]
    public void Pushing_to_a_stock_server_over_a_pipe_ends_as_stock_does(RsyncVersion version) =>
        OverPipe(null, version, push: true, OneIn(6, version == RsyncVersion.Installed ? 4 : 0));

    [Theory, EachRsync]
    public void Pushing_to_a_stock_server_through_sshd_ends_as_stock_does(RsyncVersion version) =>
        OverSshd(null, version, push: true, version == RsyncVersion.Installed ? OneIn(6, 2) : OneIn(12, 3));

    [Theory, EachRsync]
    public void A_stock_client_pushes_to_this_server_through_sshd(RsyncVersion version) =>
        OverSshd(version, null, push: true, version == RsyncVersion.Installed ? OneIn(6, 5) : OneIn(24, 9));

    [Fact]
    public void This_client_pushes_to_this_server_through_sshd() => OverSshd(null, null, push: true, OneIn(24, 15));
}

public sealed class PullMatrixTests(MatrixBed bed) : MatrixTests(bed), IClassFixture<MatrixBed>
{
    [Theory, EachRsync]
    public void Pulling_from_a_stock_daemon_ends_as_stock_does(RsyncVersion version) => OurClientWithDaemon(version, push: false);

    [Theory, EachRsync]
    public void A_stock_client_pulls_from_this_server(RsyncVersion version) =>
        OverPipe(version, null, push: false, AllOrThird(version));

    [Fact]
    public void This_client_pulls_from_this_server() => OverPipe(null, null, push: false, OneIn(6, 1));

    [Theory, EachRsync]
    public void Pulling_from_a_stock_server_over_a_pipe_ends_as_stock_does(RsyncVersion version) =>
        OverPipe(null, version, push: false, OneIn(6, version == RsyncVersion.Installed ? 4 : 0));

    [Theory, EachRsync]
    public void Pulling_from_a_stock_server_through_sshd_ends_as_stock_does(RsyncVersion version) =>
        OverSshd(null, version, push: false, version == RsyncVersion.Installed ? OneIn(6, 2) : OneIn(12, 3));

    [Theory, EachRsync]
    public void A_stock_client_pulls_from_this_server_through_sshd(RsyncVersion version) =>
        OverSshd(version, null, push: false, version == RsyncVersion.Installed ? OneIn(6, 5) : OneIn(24, 9));

    [Fact]
    public void This_client_pulls_from_this_server_through_sshd() => OverSshd(null, null, push: false, OneIn(24, 15));
}

public sealed class LocalMatrixTests(MatrixBed bed) : MatrixTests(bed), IClassFixture<MatrixBed>
{
    [Fact]
    public void Copying_locally_ends_as_stock_does() => OurClient(RsyncVersion.Installed, MatrixRoute.Local);
}
