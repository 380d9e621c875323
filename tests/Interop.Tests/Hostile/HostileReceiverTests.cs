using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Named attacks by what receives from us.</summary>
public sealed class HostileReceiverTests : IDisposable
{
    private static readonly HostileRole Client = new(OurPart.Push, "-rlpt", "--no-inc-recursive");
    private readonly HostileBed _bed = new();

    public HostileReceiverTests() => _bed.Reset(root =>
    {
        Directory.CreateDirectory($"{root}/d");
        File.WriteAllText($"{root}/d/key", "harmless");
        File.WriteAllText($"{root}/z", "harmless");
    });

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData(77, 0, 0, 0, 0), InlineData(0, 0, 0, 0, 0), InlineData(2, 0, 0, 0, 0), InlineData(int.MaxValue, 0, 0, 0, 0)]
    [InlineData(3, -1, 700, 16, 0), InlineData(3, 1, 0, 16, 0), InlineData(3, 1, 700, 65, 0), InlineData(3, 1, 700, -1, 0), InlineData(3, 1, 700, 16, 701)]
    [InlineData(3, int.MaxValue, 700, 16, 0), InlineData(3, 1, int.MaxValue, 16, 0), InlineData(3, 1, -1, 2, 0), InlineData(3, 1, 700, 2, -1)]
    public void A_request_that_makes_no_sense_is_refused(int index, int count, int length, int strong, int remainder)
    {
        var outcome = Push(server =>
        {
            Ask(server, index, count, length, strong, remainder);
            server.Out.Write(new byte[100]);
            server.Out.Flush();
        }, out _);
        var failure = Assert.IsAssignableFrom<RsyncException>(outcome.Failure);
        Assert.Equal(ExitCode.ProtocolStream, failure.ExitCode);
        Assert.Contains("broke the protocol", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_became_a_link_is_not_read() => NothingSecret(() =>
    {
        File.Delete($"{_bed.Root}/d/key");
        File.CreateSymbolicLink($"{_bed.Root}/d/key", "../../secret/key");
    });

    [Fact]
    public void A_directory_that_became_a_link_is_not_read_through() => NothingSecret(() =>
    {
        Directory.Delete($"{_bed.Root}/d", recursive: true);
        File.CreateSymbolicLink($"{_bed.Root}/d", "../secret");
    });

    [Fact]
    public void Sums_that_are_announced_and_do_not_come_cost_no_memory()
    {
        var outcome = Push(server => Ask(server, 3, 50_000_000, 700, 16, 0), out _);
        Assert.IsAssignableFrom<RsyncException>(outcome.Failure);
    }

    private void NothingSecret(Action swap)
    {
        Push(server =>
        {
            swap();
            for (var index = 0; index < 4; index++)
                Ask(server, index, 0, 0, 0, 0, onlyFiles: true);
            server.Out.Flush();
        }, out var heard);
        Assert.DoesNotContain("secret", heard, StringComparison.Ordinal);
    }

    /// <summary>Runs a push; the script begins when the list has come.</summary>
    private Outcome Push(Action<ScriptedServer> script, out string heard)
    {
        var bytes = new List<byte>();
        var outcome = _bed.Converse(Client, connection =>
        {
            var server = ScriptedServer.Open(connection, Client);
            var request = ServerRequest.Parse(Client.ServerWords("/peer"));
            var format = FileListFormats.Of(server.Session.Terms, request.Options);
            server.List = new FileListReader(server.In, format, new ReceivedIds(request.Options.Preserve, mayChown: false)).Read(new FileLists(false, true));
            script(server);
            server.Session.Finish();
            while (true)
                bytes.Add(server.In.ReadByte());
        });
        heard = Encoding.Latin1.GetString([.. bytes]);
        Assert.True(outcome.Failure is null or RsyncException, outcome.ToString());
        Assert.True(outcome.Allocated < 48 << 20, $"{outcome.Allocated} bytes");
        return outcome;
    }

    private static void Ask(ScriptedServer server, int index, int count, int length, int strong, int remainder, bool onlyFiles = false)
    {
        if (onlyFiles && server.List?[index] is not { IsRegular: true })
            return;
        server.Out.WriteIndex(index);
        server.Out.WriteUInt16((ushort)ItemFlags.Transfer);
        foreach (var number in (ReadOnlySpan<int>)[count, length, strong, remainder])
            server.Out.WriteInt32(number);
    }
}
