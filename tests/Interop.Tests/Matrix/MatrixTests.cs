using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>
/// Every set of options on every route: with this program at one end or both, the trees and the itemized lines are those of stock at both.
/// The older rsync sees every third set; two ends of this program, and either at sshd, some of them; and all, and further ones, in a soak.
/// </summary>
public abstract class MatrixTests(MatrixBed bed) : IClassFixture<MatrixBed>
{
    private readonly StringBuilder _failures = new();

    private protected MatrixBed Bed => bed;

    private protected void OurClient(RsyncVersion version, MatrixRoute route)
    {
        foreach (var options in AllOrThird(version))
            Compare(options, bed.RunStock(RsyncVersion.Installed, options, route), bed.RunOurs(options, route));
        NoneFailed();
    }

    private protected static IEnumerable<MatrixCase> OneIn(int count, int rest) =>
        MatrixCase.All.Where((_, number) => Privileges.IsSoak || number % count == rest);

    private protected static IEnumerable<MatrixCase> AllOrThird(RsyncVersion version) =>
        version == RsyncVersion.Installed ? MatrixCase.All : OneIn(3, 0);

    private protected void Compare(MatrixCase options, MatrixRun expected, MatrixRun actual)
    {
        var difference = expected.Difference(actual);
        if (difference.Length > 0)
            _failures.Append("== ").Append(options).Append('\n').Append(difference.TrimEnd()).Append("\n\n");
    }

    private protected void NoneFailed() => Assert.True(_failures.Length == 0, _failures.ToString());
}

public sealed class LocalMatrixTests(MatrixBed bed) : MatrixTests(bed)
{
    [Fact]
    public void Copying_locally_ends_as_stock_does() => OurClient(RsyncVersion.Installed, MatrixRoute.Local);
}

/// <summary>The routes that have another side. One class for each direction: they run side by side.</summary>
public abstract class RemoteMatrixTests(MatrixBed bed, bool push) : MatrixTests(bed)
{
    [Theory, EachRsync]
    public void This_client_with_a_stock_daemon(RsyncVersion version) => OurClient(version, new MatrixRoute(Bed.Daemon(version), push));

    [Theory, EachRsync]
    public void A_stock_client_with_this_server(RsyncVersion version) => OverPipe(version, null, AllOrThird(version));

    [Fact]
    public void This_client_with_this_server() => OverPipe(null, null, OneIn(6, 1));

    [Theory, EachRsync]
    public void This_client_with_a_stock_server(RsyncVersion version) =>
        OverPipe(null, version, OneIn(6, version == RsyncVersion.Installed ? 4 : 0));

    [Theory, EachRsync]
    public void This_client_with_a_stock_server_through_sshd(RsyncVersion version) =>
        OverSshd(null, version, version == RsyncVersion.Installed ? OneIn(6, 2) : OneIn(12, 3));

    [Theory, EachRsync]
    public void A_stock_client_with_this_server_through_sshd(RsyncVersion version) =>
        OverSshd(version, null, version == RsyncVersion.Installed ? OneIn(6, 5) : OneIn(24, 9));

    [Fact]
    public void This_client_with_this_server_through_sshd() => OverSshd(null, null, OneIn(24, 15));

    private void OverPipe(RsyncVersion? client, RsyncVersion? server, IEnumerable<MatrixCase> cases) => Over(Bed.Pipe, client, server, cases);

    private void OverSshd(RsyncVersion? client, RsyncVersion? server, IEnumerable<MatrixCase> cases) => Over(Bed.Ssh, client, server, cases);

    /// <summary>What stands at both ends, null for this program, to be compared with the installed rsync in its place.</summary>
    private void Over(Func<bool, string, MatrixRoute> way, RsyncVersion? client, RsyncVersion? server, IEnumerable<MatrixCase> cases)
    {
        var route = way(push, server?.Program() ?? MatrixBed.Ours);
        foreach (var options in cases)
        {
            var expected = Bed.StockWithStock(client ?? RsyncVersion.Installed, server ?? RsyncVersion.Installed, options, push);
            Compare(options, expected, client is { } stock ? Bed.RunStock(stock, options, route) : Bed.RunOurs(options, route));
        }
        NoneFailed();
    }
}

public sealed class PushMatrixTests(MatrixBed bed) : RemoteMatrixTests(bed, push: true);

public sealed class PullMatrixTests(MatrixBed bed) : RemoteMatrixTests(bed, push: false);
