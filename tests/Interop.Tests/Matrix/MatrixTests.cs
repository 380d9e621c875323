using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>
/// Every set of options on every route: with this program at one end or both, the trees and the itemized lines are those of stock at both.
/// The older rsync sees every third set; two ends of this program, and either at sshd, every sixth; and all of them in a soak.
/// One class for each direction: they run side by side.
/// </summary>
public abstract class MatrixTests(MatrixBed bed)
{
    private readonly StringBuilder _failures = new();

    private protected void OurClientWithDaemon(RsyncVersion version, bool push) => OurClient(version, new MatrixRoute(bed.Daemon(version), push));

    private protected void OurClient(RsyncVersion version, MatrixRoute route)
    {
        foreach (var options in version == RsyncVersion.Installed ? MatrixCase.All : Older())
            Compare(options, bed.RunStock(RsyncVersion.Installed, options, route), bed.RunOurs(options, route));
        NoneFailed();
    }

    private protected void OurServer(RsyncVersion version, bool push)
    {
        foreach (var options in version == RsyncVersion.Installed ? MatrixCase.All : Older())
            Compare(options, bed.StockWithStock(version, options, push), bed.RunStock(version, options, bed.Pipe(push, MatrixBed.Ours)));
        NoneFailed();
    }

    private protected void OurClientWithOurServer(bool push)
    {
        foreach (var options in OneIn(6, 1))
            Compare(options, bed.StockWithStock(RsyncVersion.Installed, options, push), bed.RunOurs(options, bed.Pipe(push, MatrixBed.Ours)));
        NoneFailed();
    }

    private protected void OurClientOverPipe(bool push)
    {
        foreach (var options in OneIn(6, 4))
            Compare(options, bed.StockWithStock(RsyncVersion.Installed, options, push), bed.RunOurs(options, bed.Pipe(push, RsyncVersion.Installed.Program())));
        foreach (var options in OneIn(6, 0).Where(options => !options.NotOld))
            Compare(options, bed.StockWithStock(RsyncVersion.Installed, options, push), bed.RunOurs(options, bed.Pipe(push, RsyncVersion.Debian327.Program())));
        NoneFailed();
    }

    private protected void OverSshd(bool push)
    {
        var (toStock, toOurs) = (bed.Ssh(push, RsyncVersion.Installed.Program()), bed.Ssh(push, MatrixBed.Ours));
        foreach (var options in OneIn(6, 2))
            Compare(options, bed.StockWithStock(RsyncVersion.Installed, options, push), bed.RunOurs(options, toStock));
        foreach (var options in OneIn(6, 5))
            Compare(options, bed.StockWithStock(RsyncVersion.Installed, options, push), bed.RunStock(RsyncVersion.Installed, options, toOurs));
        foreach (var options in OneIn(12, 3).Where(options => !options.NotOld))
            Compare(options, bed.StockWithStock(RsyncVersion.Installed, options, push), bed.RunOurs(options, bed.Ssh(push, RsyncVersion.Debian327.Program())));
        NoneFailed();
    }

    private static IEnumerable<MatrixCase> OneIn(int count, int rest) =>
        MatrixCase.All.Where((_, number) => Privileges.IsSoak || number % count == rest);

    private static IEnumerable<MatrixCase> Older() => OneIn(3, 0).Where(options => !options.NotOld);

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
    public void A_stock_client_pushes_to_this_server(RsyncVersion version) => OurServer(version, push: true);

    [Fact]
    public void This_client_pushes_to_this_server() => OurClientWithOurServer(push: true);

    [Fact]
    public void Pushing_to_a_stock_server_over_a_pipe_ends_as_stock_does() => OurClientOverPipe(push: true);

    [Fact]
    public void Pushing_through_sshd_ends_as_stock_does() => OverSshd(push: true);
}

public sealed class PullMatrixTests(MatrixBed bed) : MatrixTests(bed), IClassFixture<MatrixBed>
{
    [Theory, EachRsync]
    public void Pulling_from_a_stock_daemon_ends_as_stock_does(RsyncVersion version) => OurClientWithDaemon(version, push: false);

    [Theory, EachRsync]
    public void A_stock_client_pulls_from_this_server(RsyncVersion version) => OurServer(version, push: false);

    [Fact]
    public void This_client_pulls_from_this_server() => OurClientWithOurServer(push: false);

    [Fact]
    public void Pulling_from_a_stock_server_over_a_pipe_ends_as_stock_does() => OurClientOverPipe(push: false);

    [Fact]
    public void Pulling_through_sshd_ends_as_stock_does() => OverSshd(push: false);
}

public sealed class LocalMatrixTests(MatrixBed bed) : MatrixTests(bed), IClassFixture<MatrixBed>
{
    [Fact]
    public void Copying_locally_ends_as_stock_does() => OurClient(RsyncVersion.Installed, MatrixRoute.Local);
}
