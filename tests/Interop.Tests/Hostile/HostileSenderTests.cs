using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using Xunit;
using static ChangedFiles.Interop.Tests.Hostile.ScriptedPeer;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Named attacks by what sends to us, a client or a server: each ends its own session and nothing else.</summary>
public sealed class HostileSenderTests : SenderAttacks
{
    private static readonly HostileRole[] Whole = Receivers("-rlpt", "--no-inc-recursive");
    private static readonly HostileRole[] Incremental = Receivers("-rlpt");

    [Theory]
    [InlineData("../canary"), InlineData(".."), InlineData("a/../../canary"), InlineData("/etc/changedfiles-test"), InlineData(""), InlineData("a\0b")]
    public void A_name_that_leads_out_is_refused(string name)
    {
        Refused([.. Whole, .. Incremental], peer =>
        {
            peer.Entry(".", ScriptedPeer.Directory);
            peer.Entry(name, ScriptedPeer.File, 5);
            peer.EndList();
        });
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused() => Refused(Whole, peer =>
    {
        peer.Out.WriteVarint(0x40);
        peer.Out.WriteVarint(5000);
        peer.Out.Write(new byte[5000]);
        peer.Out.Flush();
    });

    [Theory]
    [InlineData(-1), InlineData(long.MinValue)]
    public void A_size_below_nothing_is_refused(long size) => Refused([.. Whole, .. Incremental], peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.Entry("a", ScriptedPeer.File, size);
        peer.EndList();
    });

    [Theory]
    [InlineData(-1), InlineData(-77), InlineData(int.MinValue)]
    public void A_block_that_does_not_exist_is_refused(int token) => Refused(Whole, peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.Entry("a", ScriptedPeer.File, 5);
        peer.EndList();
        peer.BreakOff("ow"u8.ToArray(), token);
    });

    [Fact]
    public void The_top_is_a_directory_and_nothing_else() => Refused(Whole, peer =>
    {
        peer.Entry(".", Link, 6, "secret");
        peer.EndList();
    });

    [Fact]
    public void Nothing_is_written_through_a_link_that_came_in_the_same_list()
    {
        Session(Whole, peer =>
        {
            peer.Entry(".", ScriptedPeer.Directory);
            peer.Entry("d", Link, 9, "../secret");
            peer.Entry("d", ScriptedPeer.Directory);
            peer.Entry("d/key", ScriptedPeer.File, 5);
            peer.EndList();
            peer.AnswerAll("owned"u8.ToArray());
        });
        Refused(Whole, peer =>
        {
            peer.Entry(".", ScriptedPeer.Directory);
            peer.Entry("d", Link, 9, "../secret");
            peer.Entry("d/key", ScriptedPeer.File, 5);
            peer.EndList();
            peer.AnswerAll("owned"u8.ToArray());
        });
    }

    [Fact]
    public void Nothing_is_written_through_a_link_that_was_there()
    {
        foreach (var role in (HostileRole[])[.. Whole, .. Incremental])
        {
            var outcome = Session(role, ReceiveBelow("d"), root => System.IO.File.CreateSymbolicLink($"{root}/d", "../secret"));
            Assert.False(System.IO.File.Exists($"{Bed.Secret}/new"), $"{role}: {outcome}");
        }
    }

    [Fact]
    public void Nothing_is_written_through_a_link_that_comes_and_goes_while_it_runs() => WhileSwapping("d", "../secret", () =>
    {
        for (var round = 0; round < 10; round++)
        {
            foreach (var role in (HostileRole[])[.. Whole, .. Incremental])
                Session(role, ReceiveBelow("d"));
        }
    });

    [Fact]
    public void A_second_list_of_a_directory_is_refused() => Refused(Incremental, peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.Entry("d", ScriptedPeer.Directory);
        peer.EndList();
        for (var time = 0; time < 2; time++)
        {
            peer.Out.WriteIndex(FileIndex.ListOffset - 1);
            peer.Entry($"d/{time}", ScriptedPeer.File, 1);
            peer.EndList();
        }
    });

    [Theory]
    [InlineData(7), InlineData(1_000_000), InlineData(int.MaxValue + FileIndex.ListOffset)]
    public void A_list_of_a_directory_that_does_not_exist_is_refused(int number) => Refused(Incremental, peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.EndList();
        peer.Out.WriteIndex(FileIndex.ListOffset - number);
        peer.Entry("x", ScriptedPeer.File, 1);
        peer.EndList();
    });

    [Fact]
    public void A_list_holds_what_is_in_its_directory_and_nothing_else() => Refused(Incremental, peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.Entry("d", ScriptedPeer.Directory);
        peer.EndList();
        peer.Out.WriteIndex(FileIndex.ListOffset - 1);
        peer.Entry("e/x", ScriptedPeer.File, 1);
        peer.EndList();
    });

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(77), InlineData(int.MaxValue - 5)]
    public void Data_that_was_not_asked_for_is_refused(int index) => Refused(Whole, peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.Entry("fifo", 0x11A4);
        peer.Entry("same", ScriptedPeer.File, 5);
        peer.EndList();
        peer.Out.WriteIndex(index);
        peer.Out.WriteUInt16((ushort)ItemFlags.Transfer);
        peer.Out.Write(new byte[16]);
        peer.Out.WriteInt32(5);
        peer.Out.Write("owned"u8);
        peer.Out.WriteInt32(0);
        peer.Out.Write(new byte[16]);
        peer.Out.Flush();
    }, root => System.IO.File.SetLastWriteTimeUtc(Put($"{root}/same", "whole"), DateTimeOffset.FromUnixTimeSeconds(1_000_000_000).UtcDateTime), "whole");

    [Fact]
    public void What_was_not_asked_for_is_refused()
    {
        // A server takes what its client sends.
        var outcome = Session(new HostileRole(OurPart.Pull, "-rlpt", "--no-inc-recursive", "--exclude=*.secret"), peer =>
        {
            peer.Entry(".", ScriptedPeer.Directory);
            peer.Entry("a.secret", ScriptedPeer.File, 5);
            peer.EndList();
            peer.AnswerAll("owned"u8.ToArray());
        });
        Assert.Equal(ExitCode.Unsupported, Assert.IsAssignableFrom<RsyncException>(outcome.Failure).ExitCode);
    }

    [Fact]
    public void A_file_whose_digest_is_wrong_stays_as_it_was()
    {
        foreach (var role in Whole)
        {
            var outcome = Session(role, peer =>
            {
                peer.Entry(".", ScriptedPeer.Directory);
                peer.Entry("a", ScriptedPeer.File, 5);
                peer.EndList();
                peer.AnswerAll("wrong"u8.ToArray(), rightDigest: false);
                peer.AnswerAll("wrong"u8.ToArray(), rightDigest: false);
            }, root => Put($"{root}/a", "whole"), "whole");
            Assert.Equal("whole", System.IO.File.ReadAllText($"{Bed.Root}/a"));
            Assert.NotNull(outcome.Failure);
        }
    }

    [Fact]
    public void Floods_cost_no_memory()
    {
        foreach (var role in Whole)
            Session(role, Flood);

        static void Flood(ScriptedPeer peer)
        {
            var text = new byte[4000];
            text.AsSpan().Fill((byte)'x');
            for (var i = 0; i < 20_000; i++)
                peer.Out.WriteMessage(i % 2 == 0 ? MessageCode.Info : MessageCode.Error, text);
            for (var i = 0; i < 100_000; i++)
                peer.Out.KeepAlive();
            peer.Entry(".", ScriptedPeer.Directory);
            peer.EndList();
        }
    }

    [Theory]
    [InlineData(0xFFFFFFFF), InlineData(0x09FFFFFF), InlineData(0xCF000000), InlineData(0x5D000003), InlineData(0x00000001)]
    public void A_frame_of_a_wrong_kind_or_length_is_refused(long header) => Refused(Whole, peer =>
    {
        peer.Out.Flush();
        peer.Out.StopMultiplexing();
        peer.Out.WriteInt32((int)header);
        peer.Out.Write(new byte[100]);
        peer.Out.Flush();
    });

    [Fact]
    public void A_peer_that_says_nothing_is_waited_for_as_long_as_the_timeout_says()
    {
        foreach (var role in Whole)
        {
            var outcome = Bed.Converse(role, connection =>
            {
                Open(connection, role);
                while (connection.Read(new byte[1000]) > 0)
                {
                }
            }, TimeSpan.FromSeconds(1));
            Bed.Check(outcome, "silence");
            Assert.Equal(ExitCode.Timeout, Assert.IsAssignableFrom<RsyncException>(outcome.Failure).ExitCode);
        }
    }

    [Fact]
    public void A_peer_that_drips_after_it_was_refused_is_not_heard_for_ever()
    {
        var begun = Environment.TickCount64;
        Refused(Whole[..1], peer =>
        {
            peer.Entry("..", ScriptedPeer.Directory);
            peer.EndList();
            for (var i = 0; i < 400; i++)
            {
                peer.Out.KeepAlive();
                Thread.Sleep(100);
            }
        });
        Assert.InRange(Environment.TickCount64 - begun, 0, 25_000);
    }

    private static Action<ScriptedPeer> ReceiveBelow(string directory) => peer =>
    {
        peer.Entry(".", ScriptedPeer.Directory);
        peer.Entry(directory, ScriptedPeer.Directory);
        if (peer.IsIncremental)
        {
            peer.EndList();
            peer.Out.WriteIndex(FileIndex.ListOffset - 1);
        }
        peer.Entry($"{directory}/new", ScriptedPeer.File, 5);
        peer.Entry($"{directory}/key", ScriptedPeer.File, 5);
        peer.EndList();
        if (peer.IsIncremental)
            peer.Out.WriteIndex(FileIndex.ListsEnd);
        peer.Out.Flush();
        // Each phase, and the first list of two, has an end; the closed connection stands for the goodbye.
        for (var ends = peer.IsIncremental ? 4 : 3; ends > 0; ends--)
            peer.AnswerAll("owned"u8.ToArray());
    };
}
