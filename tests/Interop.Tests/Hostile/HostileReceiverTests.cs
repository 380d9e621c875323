using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Named attacks by what receives from us.</summary>
public sealed class HostileReceiverTests : IDisposable
{
    private static readonly HostileRole[] Senders =
    [
        new(OurPart.Push, "-rlpt", "--no-inc-recursive"),
        new(OurPart.ServeFiles, "-rlpt", "--no-inc-recursive"),
    ];

    private readonly HostileBed _bed = new();

    public HostileReceiverTests()
    {
        _bed.Allow("harmless"u8);
        Fill();
    }

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData(77, 0, 0, 0, 0), InlineData(0, 0, 0, 0, 0), InlineData(2, 0, 0, 0, 0), InlineData(int.MaxValue, 0, 0, 0, 0)]
    [InlineData(3, -1, 700, 16, 0), InlineData(3, 1, 0, 16, 0), InlineData(3, 1, 700, 65, 0), InlineData(3, 1, 700, -1, 0), InlineData(3, 1, 700, 16, 701)]
    [InlineData(3, int.MaxValue, 700, 16, 0), InlineData(3, 1, int.MaxValue, 16, 0), InlineData(3, 1, -1, 2, 0), InlineData(3, 1, 700, 2, -1)]
    public void A_request_that_makes_no_sense_is_refused(int index, int count, int length, int strong, int remainder)
    {
        foreach (var sender in Senders)
        {
            var outcome = Send(sender, peer =>
            {
                Ask(peer, index, count, length, strong, remainder);
                peer.Out.Write(new byte[100]);
                peer.Out.Flush();
            }, out _);
            var failure = Assert.IsAssignableFrom<RsyncException>(outcome.Failure);
            // What is wrong with block sums has words of rsync's own.
            Assert.Equal(index == 3 ? ExitCode.ProtocolIncompatibility : ExitCode.ProtocolStream, failure.ExitCode);
            Assert.Contains(index == 3 ? "Invalid" : "broke the protocol", failure.Message, StringComparison.Ordinal);
        }
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
        foreach (var sender in Senders)
        {
            var outcome = Send(sender, peer => Ask(peer, 3, 50_000_000, 700, 16, 0), out _);
            Assert.IsAssignableFrom<RsyncException>(outcome.Failure);
        }
    }

    [Fact]
    public void What_is_said_to_be_deleted_is_only_told()
    {
        foreach (var sender in Senders)
        {
            Send(sender, peer =>
            {
                foreach (var name in (string[])["z", "../canary", "../secret\0", "/"])
                    peer.Out.WriteMessage(MessageCode.Deleted, Encoding.ASCII.GetBytes(name));
                peer.Out.Flush();
            }, out _);
            Assert.True(File.Exists($"{_bed.Root}/z"));
        }
    }

    [Fact]
    public void Floods_cost_no_memory()
    {
        var text = new byte[4000];
        text.AsSpan().Fill((byte)'x');
        foreach (var sender in Senders)
        {
            Send(sender, peer =>
            {
                for (var i = 0; i < 10_000; i++)
                    peer.Out.WriteMessage(i % 2 == 0 ? MessageCode.Info : MessageCode.Error, text);
                for (var i = 0; i < 100_000; i++)
                    peer.Out.KeepAlive();
                peer.Out.Flush();
            }, out _);
        }
    }

    [Fact]
    public void A_peer_that_says_nothing_is_waited_for_as_long_as_the_timeout_says()
    {
        foreach (var sender in Senders)
        {
            var outcome = _bed.Converse(sender, connection =>
            {
                ScriptedPeer.Open(connection, sender);
                while (connection.Read(new byte[1000]) > 0)
                {
                }
            }, TimeSpan.FromSeconds(1));
            _bed.Check(outcome, "silence");
            Assert.Equal(ExitCode.Timeout, Assert.IsAssignableFrom<RsyncException>(outcome.Failure).ExitCode);
        }
    }

    [Theory]
    [InlineData(20), InlineData(0)]
    public void A_peer_that_only_says_that_it_lives_is_not_heard_for_ever(int pause)
    {
        foreach (var sender in Senders)
        {
            var outcome = _bed.Converse(sender, connection =>
            {
                var peer = ScriptedPeer.Open(connection, sender);
                peer.ReadList();
                while (true)
                {
                    peer.Out.KeepAlive();
                    Thread.Sleep(pause);
                }
            }, TimeSpan.FromMilliseconds(50));
            _bed.Check(outcome, "keepalives");
            Assert.Equal(ExitCode.Timeout, Assert.IsAssignableFrom<RsyncException>(outcome.Failure).ExitCode);
        }
    }

    [Theory]
    [InlineData("../secret/key"), InlineData("d/../../secret/key"), InlineData("/etc/passwd"), InlineData("d/./../../secret/./key")]
    public void Names_that_a_server_asks_for_do_not_lead_out(string name)
    {
        Send(new HostileRole(OurPart.Push, "-rlpt", "--no-inc-recursive", "--files-from=:names"), peer =>
        {
            for (var index = 0; peer.List?[index] is not null; index++)
                Ask(peer, index, 0, 0, 0, 0, onlyFiles: true);
            peer.Out.Flush();
        }, out var heard, peer =>
        {
            peer.Out.Write(Encoding.ASCII.GetBytes(name + "\0\0"));
            peer.Out.Flush();
        });
        Assert.DoesNotContain("secret", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", heard, StringComparison.Ordinal);
    }

    private void NothingSecret(Action swap)
    {
        foreach (var sender in Senders)
        {
            Fill();
            Send(sender, peer =>
            {
                swap();
                for (var index = 0; index < 4; index++)
                    Ask(peer, index, 0, 0, 0, 0, onlyFiles: true);
                peer.Out.Flush();
            }, out var heard);
            Assert.DoesNotContain("secret", heard, StringComparison.Ordinal);
        }
    }

    private void Fill() => _bed.Reset(root =>
    {
        Directory.CreateDirectory($"{root}/d");
        File.WriteAllText($"{root}/d/key", "harmless");
        File.WriteAllText($"{root}/z", "harmless");
    });

    /// <summary>Runs a session; the script begins when the list has come.</summary>
    private Outcome Send(HostileRole sender, Action<ScriptedPeer> script, out string heard, Action<ScriptedPeer>? first = null)
    {
        var bytes = new List<byte>();
        var outcome = _bed.Converse(sender, connection =>
        {
            var peer = ScriptedPeer.Open(connection, sender);
            first?.Invoke(peer);
            peer.ReadList();
            script(peer);
            peer.Session.Finish();
            while (true)
                bytes.Add(peer.In.ReadByte());
        });
        heard = Encoding.Latin1.GetString([.. bytes]);
        _bed.Check(outcome, sender.ToString());
        return outcome;
    }

    private static void Ask(ScriptedPeer peer, int index, int count, int length, int strong, int remainder, bool onlyFiles = false)
    {
        if (onlyFiles && peer.List?[index] is not { IsRegular: true })
            return;
        peer.Out.WriteIndex(index);
        peer.Out.WriteUInt16((ushort)ItemFlags.Transfer);
        foreach (var number in (ReadOnlySpan<int>)[count, length, strong, remainder])
            peer.Out.WriteInt32(number);
    }
}
