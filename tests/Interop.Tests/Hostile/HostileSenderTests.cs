using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using Xunit;
using static ChangedFiles.Interop.Tests.Hostile.ScriptedServer;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Named attacks by what sends to us: each ends its own session and nothing else.</summary>
public sealed class HostileSenderTests : IDisposable
{
    private static readonly HostileRole Whole = new(OurPart.Pull, "-rlpt", "--no-inc-recursive");
    private static readonly HostileRole Incremental = new(OurPart.Pull, "-rlpt");
    private readonly HostileBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData("../canary"), InlineData(".."), InlineData("a/../../canary"), InlineData("/etc/changedfiles-test"), InlineData(""), InlineData("a\0b")]
    public void A_name_that_leads_out_is_refused(string name)
    {
        foreach (var client in (HostileRole[])[Whole, Incremental])
        {
            Refused(client, server =>
            {
                server.Entry(".", ScriptedServer.Directory);
                server.Entry(name, ScriptedServer.File, 5);
                server.EndList();
                server.AnswerAll("owned"u8.ToArray());
            });
        }
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused() => Refused(Whole, server =>
    {
        server.Out.WriteVarint(0x40);
        server.Out.WriteVarint(5000);
        server.Out.Write(new byte[5000]);
        server.Out.Flush();
    });

    [Fact]
    public void The_top_is_a_directory_and_nothing_else() => Refused(Whole, server =>
    {
        server.Entry(".", Link, 6, "secret");
        server.EndList();
    });

    [Fact]
    public void Nothing_is_written_through_a_link_that_came_in_the_same_list()
    {
        Session(Whole, server =>
        {
            server.Entry(".", ScriptedServer.Directory);
            server.Entry("d", Link, 9, "../secret");
            server.Entry("d", ScriptedServer.Directory);
            server.Entry("d/key", ScriptedServer.File, 5);
            server.EndList();
            server.AnswerAll("owned"u8.ToArray());
        });
        Refused(Whole, server =>
        {
            server.Entry(".", ScriptedServer.Directory);
            server.Entry("d", Link, 9, "../secret");
            server.Entry("d/key", ScriptedServer.File, 5);
            server.EndList();
            server.AnswerAll("owned"u8.ToArray());
        });
    }

    [Fact]
    public void Nothing_is_written_through_a_link_that_was_there()
    {
        foreach (var client in (HostileRole[])[Whole, Incremental])
        {
            var outcome = Session(client, ReceiveBelow("d"), root => System.IO.File.CreateSymbolicLink($"{root}/d", "../secret"));
            Assert.False(System.IO.File.Exists($"{_bed.Secret}/new"), $"{client}: {outcome}");
        }
    }

    [Fact]
    public void Nothing_is_written_through_a_link_that_comes_and_goes_while_it_runs()
    {
        using var stop = new CancellationTokenSource();
        var directory = $"{_bed.Root}/d";
        var swapping = Wire.Background(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                TryAll(
                    () => System.IO.Directory.Move(directory, directory + "-aside"),
                    () => System.IO.File.CreateSymbolicLink(directory, "../secret"),
                    () => System.IO.File.Delete(directory),
                    () => System.IO.Directory.Move(directory + "-aside", directory));
            }
        });
        for (var round = 0; round < 20; round++)
        {
            Session(Whole, ReceiveBelow("d"));
            Session(Incremental, ReceiveBelow("d"));
        }
        stop.Cancel();
        swapping.Join();
    }

    [Fact]
    public void A_second_list_of_a_directory_is_refused() => Refused(Incremental, server =>
    {
        server.Entry(".", ScriptedServer.Directory);
        server.Entry("d", ScriptedServer.Directory);
        server.EndList();
        for (var time = 0; time < 2; time++)
        {
            server.Out.WriteIndex(FileIndex.ListOffset - 1);
            server.Entry($"d/{time}", ScriptedServer.File, 1);
            server.EndList();
        }
    });

    [Theory]
    [InlineData(7), InlineData(1_000_000), InlineData(int.MaxValue + FileIndex.ListOffset)]
    public void A_list_of_a_directory_that_does_not_exist_is_refused(int number) => Refused(Incremental, server =>
    {
        server.Entry(".", ScriptedServer.Directory);
        server.EndList();
        server.Out.WriteIndex(FileIndex.ListOffset - number);
        server.Entry("x", ScriptedServer.File, 1);
        server.EndList();
    });

    [Fact]
    public void A_list_holds_what_is_in_its_directory_and_nothing_else() => Refused(Incremental, server =>
    {
        server.Entry(".", ScriptedServer.Directory);
        server.Entry("d", ScriptedServer.Directory);
        server.EndList();
        server.Out.WriteIndex(FileIndex.ListOffset - 1);
        server.Entry("e/x", ScriptedServer.File, 1);
        server.EndList();
    });

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(77), InlineData(int.MaxValue - 5)]
    public void Data_that_was_not_asked_for_is_refused(int index) => Refused(Whole, server =>
    {
        server.Entry(".", ScriptedServer.Directory);
        server.Entry("fifo", 0x11A4);
        server.Entry("same", ScriptedServer.File, 5);
        server.EndList();
        server.Out.WriteIndex(index);
        server.Out.WriteUInt16((ushort)ItemFlags.Transfer);
        server.Out.Write(new byte[16]);
        server.Out.WriteInt32(5);
        server.Out.Write("owned"u8);
        server.Out.WriteInt32(0);
        server.Out.Write(new byte[16]);
        server.Out.Flush();
    }, root => System.IO.File.SetLastWriteTimeUtc(Put($"{root}/same", "whole"), DateTimeOffset.FromUnixTimeSeconds(1_000_000_000).UtcDateTime), "whole");

    [Fact]
    public void What_was_not_asked_for_is_refused()
    {
        var outcome = Session(new HostileRole(OurPart.Pull, "-rlpt", "--no-inc-recursive", "--exclude=*.secret"), server =>
        {
            server.Entry(".", ScriptedServer.Directory);
            server.Entry("a.secret", ScriptedServer.File, 5);
            server.EndList();
            server.AnswerAll("owned"u8.ToArray());
        });
        Assert.Equal(ExitCode.Unsupported, Assert.IsAssignableFrom<RsyncException>(outcome.Failure).ExitCode);
    }

    [Fact]
    public void A_file_whose_digest_is_wrong_stays_as_it_was()
    {
        var outcome = Session(Whole, server =>
        {
            server.Entry(".", ScriptedServer.Directory);
            server.Entry("a", ScriptedServer.File, 5);
            server.EndList();
            server.AnswerAll("wrong"u8.ToArray(), rightDigest: false);
            server.AnswerAll("wrong"u8.ToArray(), rightDigest: false);
        }, root => Put($"{root}/a", "whole"), "whole");
        Assert.Equal("whole", System.IO.File.ReadAllText($"{_bed.Root}/a"));
        Assert.NotNull(outcome.Failure);
    }

    [Fact]
    public void Floods_cost_no_memory() => Session(Whole, server =>
    {
        var text = new byte[4000];
        text.AsSpan().Fill((byte)'x');
        for (var i = 0; i < 20_000; i++)
            server.Out.WriteMessage(i % 2 == 0 ? MessageCode.Info : MessageCode.Error, text);
        for (var i = 0; i < 100_000; i++)
            server.Out.KeepAlive();
        server.Entry(".", ScriptedServer.Directory);
        server.EndList();
    });

    [Theory]
    [InlineData(0xFFFFFFFF), InlineData(0x09FFFFFF), InlineData(0xCF000000), InlineData(0x5D000003), InlineData(0x00000001)]
    public void A_frame_of_a_wrong_kind_or_length_is_refused(long header) => Refused(Whole, server =>
    {
        server.Out.Flush();
        server.Out.StopMultiplexing();
        server.Out.WriteInt32((int)header);
        server.Out.Write(new byte[100]);
        server.Out.Flush();
    });

    [Fact]
    public void A_peer_that_says_nothing_is_waited_for_as_long_as_the_timeout_says()
    {
        var outcome = _bed.Converse(Whole, connection =>
        {
            while (connection.Read(new byte[1000]) > 0)
            {
            }
        }, TimeSpan.FromSeconds(1));
        _bed.Check(outcome, "silence");
        Assert.Equal(ExitCode.Timeout, Assert.IsAssignableFrom<RsyncException>(outcome.Failure).ExitCode);
    }

    [Fact]
    public void A_peer_that_drips_after_it_was_refused_is_not_heard_for_ever()
    {
        var begun = Environment.TickCount64;
        Refused(Whole, server =>
        {
            server.Entry("..", ScriptedServer.Directory);
            server.EndList();
            for (var i = 0; i < 400; i++)
            {
                server.Out.KeepAlive();
                Thread.Sleep(100);
            }
        });
        Assert.InRange(Environment.TickCount64 - begun, 0, 25_000);
    }

    private static Action<ScriptedServer> ReceiveBelow(string directory) => server =>
    {
        var isIncremental = server.Session.Terms.Has(Rsync.Sessions.CompatFlags.IncrementalRecursion);
        server.Entry(".", ScriptedServer.Directory);
        server.Entry(directory, ScriptedServer.Directory);
        if (isIncremental)
        {
            server.EndList();
            server.Out.WriteIndex(FileIndex.ListOffset - 1);
        }
        server.Entry($"{directory}/new", ScriptedServer.File, 5);
        server.Entry($"{directory}/key", ScriptedServer.File, 5);
        server.EndList();
        if (isIncremental)
            server.Out.WriteIndex(FileIndex.ListsEnd);
        server.Out.Flush();
        // Each phase, and the first list of two, has an end; the closed connection stands for the goodbye.
        for (var ends = isIncremental ? 4 : 3; ends > 0; ends--)
            server.AnswerAll("owned"u8.ToArray());
    };

    private void Refused(HostileRole client, Action<ScriptedServer> script, Action<string>? fill = null, string allowed = "")
    {
        var outcome = Session(client, script, fill, allowed);
        var failure = Assert.IsAssignableFrom<RsyncException>(outcome.Failure);
        // What the peer has to be told may meet its closed end before what it said is judged.
        Assert.True(
            failure.ExitCode is ExitCode.ProtocolIncompatibility or ExitCode.ProtocolStream or ExitCode.Unsupported
            || (failure.ExitCode == ExitCode.SocketIO && failure.Message.StartsWith("writing", StringComparison.Ordinal)), failure.ToString());
        Assert.DoesNotContain("unexpectedly closed", failure.Message, StringComparison.Ordinal);
    }

    private Outcome Session(HostileRole client, Action<ScriptedServer> script, Action<string>? fill = null, string allowed = "owned")
    {
        if (fill is not null)
            _bed.Reset(fill);
        _bed.Allow(Encoding.ASCII.GetBytes(allowed));
        var outcome = _bed.Converse(client, connection => script(Open(connection, client)));
        _bed.Check(outcome, client.ToString());
        return outcome;
    }

    private static string Put(string path, string content)
    {
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private static void TryAll(params Action[] actions)
    {
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The session has made or taken it meanwhile.
            }
        }
    }
}
