using Xunit;
using static ChangedFiles.Interop.Tests.Hostile.ScriptedPeer;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Named attacks on what options let a sender have done on our side: deletions, backups, links, files kept and files written where they are.</summary>
public sealed class HostileOptionTests : SenderAttacks
{
    private static readonly byte[] Owned = "owned"u8.ToArray();

    public HostileOptionTests() => Bed.Allow(Owned);

    [Fact]
    public void What_is_said_to_be_deleted_is_only_told()
    {
        Session(Receivers("-rlpt", "--no-inc-recursive", "--delete"), peer =>
        {
            foreach (var name in (string[])["a", "../canary", "../secret\0", "/"])
                peer.Out.WriteMessage(Rsync.Wire.MessageCode.Deleted, System.Text.Encoding.ASCII.GetBytes(name));
            Send(peer, () => peer.Entry("a", ScriptedPeer.File, 5));
        }, root => Put($"{root}/a", "whole"), "whole");
        Assert.True(System.IO.File.Exists($"{Bed.Root}/a"));
    }

    [Theory]
    [InlineData("../canary"), InlineData(".."), InlineData("/etc/changedfiles-test"), InlineData(".")]
    public void A_missing_argument_that_leads_out_is_refused(string name) =>
        Refused(Receivers("-rlpt", "--no-inc-recursive", "--delete-missing-args"), peer => SendList(peer, () => peer.Entry(name, 0)));

    [Fact]
    public void A_missing_argument_is_not_deleted_through_a_link() =>
        Session(Receivers("-rlpt", "--no-inc-recursive", "--delete-missing-args"), peer => Send(peer, () => peer.Entry("d/key", 0)),
            root => System.IO.File.CreateSymbolicLink($"{root}/d", "../secret"));

    [Fact]
    public void A_missing_argument_was_an_argument()
    {
        Refused([new(OurPart.Pull, "-rlpt", "--no-inc-recursive", "--delete-missing-args")], peer => SendList(peer, () => peer.Entry("a", 0)),
            root => Put($"{root}/a", "whole"), "whole");
        Refused(Receivers("-rlpt", "--no-inc-recursive"), peer => SendList(peer, () => peer.Entry("a", 0)), root => Put($"{root}/a", "whole"), "whole");
        Assert.True(System.IO.File.Exists($"{Bed.Root}/a"));
    }

    [Fact]
    public void Nothing_is_deleted_where_nothing_was_asked_for()
    {
        var role = new HostileRole(OurPart.Pull, "-rlpt", "--no-inc-recursive", "--delete") { Asked = "a" };
        Session(role, peer => Send(peer, () => peer.Entry("a", ScriptedPeer.File, 5)), root => Put($"{root}/mine", "whole"), "whole");
        Assert.True(System.IO.File.Exists($"{Bed.Root}/mine"));
    }

    [Fact]
    public void Nothing_is_deleted_through_a_link_that_comes_and_goes_while_it_runs()
    {
        Bed.Allow("gone"u8);
        WhileSwapping("d", "../secret", () =>
        {
            for (var round = 0; round < 10; round++)
                Session([.. Receivers("-rlpt", "--no-inc-recursive", "--delete"), .. Receivers("-rlpt", "--no-inc-recursive", "--delete-after")],
                    peer => Send(peer, () => peer.Entry("d", ScriptedPeer.Directory)));
        }, directory =>
        {
            System.IO.Directory.CreateDirectory(directory + "/deep");
            foreach (var file in (string[])["key", "deep/key"])
            {
                if (!System.IO.File.Exists($"{directory}/{file}"))
                    Put($"{directory}/{file}", "gone");
            }
        });
    }

    [Theory]
    [InlineData("--backup", "--backup-dir=kept"), InlineData("--partial-dir=kept"), InlineData("--delay-updates", "--partial-dir=kept"), InlineData("--temp-dir=kept")]
    [InlineData("--inplace", "--backup", "--backup-dir=kept"), InlineData("--compare-dest=kept"), InlineData("--link-dest=kept"), InlineData("--copy-dest=kept")]
    public void A_directory_of_an_option_is_not_a_link_of_the_senders(params string[] options)
    {
        // Sent in the list ahead of the file. One that was there before may be the operator's own, but never in each directory.
        foreach (var isSent in options[^1].StartsWith("--partial", StringComparison.Ordinal) ? (bool[])[false, true] : [true])
        {
            foreach (var role in Receivers(["-rlpt", "--no-inc-recursive", .. options]))
            {
                NothingOutside(role, peer => peer.Entry("kept", Link, 9, "../secret"), isSent, breaksOff: false);
                NothingOutside(role, peer => peer.Entry("kept", Link, 9, "../secret"), isSent, breaksOff: true);
            }
        }
    }

    [Theory]
    [InlineData("--inplace"), InlineData("--append"), InlineData("--append-verify"), InlineData("--inplace", "--backup"), InlineData("--fuzzy")]
    [InlineData("--partial"), InlineData("--delay-updates"), InlineData("--inplace", "--sparse"), InlineData("--preallocate")]
    public void A_link_in_a_files_place_is_neither_written_nor_read_through(params string[] options)
    {
        foreach (var role in Receivers(["-rlpt", "--no-inc-recursive", .. options]))
        {
            Bed.Allow("ow"u8);
            var asked = Fill(role, breaksOff: false);
            Assert.True(asked.All(head => head.Count == 0), $"{role}: {string.Join(' ', asked)}");
            Fill(role, breaksOff: true);
        }

        List<Rsync.Delta.SumHead> Fill(HostileRole role, bool breaksOff)
        {
            var asked = new List<Rsync.Delta.SumHead>();
            Session(role, peer =>
            {
                Send(peer, () => peer.Entry("a", ScriptedPeer.File, 9), breaksOff);
                asked.AddRange(peer.Asked);
            }, root => System.IO.File.CreateSymbolicLink($"{root}/a", "../secret/key"));
            return asked;
        }
    }

    [Theory]
    [InlineData("--inplace"), InlineData("--append")]
    public void A_link_that_comes_and_goes_is_not_written_through_in_place(string option)
    {
        Bed.Reset(root => Put($"{root}/a", "whole"));
        Bed.Allow("whole"u8);
        WhileSwapping("a", "../secret/key", () =>
        {
            for (var round = 0; round < 10; round++)
                Session(Receivers("-rlpI", "--no-inc-recursive", option), peer => Send(peer, () => peer.Entry("a", ScriptedPeer.File, 5)));
        });
    }

    [Theory]
    [InlineData(-1), InlineData(0), InlineData(2), InlineData(3), InlineData(77), InlineData(int.MaxValue)]
    public void A_hard_link_leads_to_an_earlier_one(int first) => Refused(Receivers("-rlptH", "--no-inc-recursive"), peer => SendList(peer, () =>
    {
        peer.FirstLink("a", 5);
        peer.Entry("b", ScriptedPeer.File, 5);
        peer.NextLink("c", first);
    }));

    [Fact]
    public void A_directory_has_no_hard_links() =>
        Refused(Receivers("-rlptH", "--no-inc-recursive"), peer => SendList(peer, () => peer.FirstLink("d", 0, ScriptedPeer.Directory)));

    [Fact]
    public void Hard_links_are_asked_for() =>
        Refused(Receivers("-rlpt", "--no-inc-recursive"), peer => SendList(peer, () => peer.FirstLink("a", 5)));

    [Fact]
    public void A_name_is_not_linked_to_what_a_link_leads_to()
    {
        foreach (var role in Receivers("-rlptH", "--no-inc-recursive"))
        {
            Session(role, peer => Send(peer, () =>
            {
                peer.FirstLink("a", 5);
                peer.NextLink("b", 1);
                peer.NextLink("d/key", 1);
            }), root =>
            {
                System.IO.File.CreateSymbolicLink($"{root}/a", "../secret/key");
                System.IO.File.CreateSymbolicLink($"{root}/d", "../secret");
            });
            Session(role, peer => Send(peer, () =>
            {
                peer.FirstLink("a", 5);
                peer.NextLink("b", 1);
            }), root => System.IO.File.CreateSymbolicLink($"{root}/a", "../secret/key"));
        }
    }

    /// <summary>A file that is there and comes anew, with something ahead of it.</summary>
    private void NothingOutside(HostileRole role, Action<ScriptedPeer> sent, bool isSent, bool breaksOff)
    {
        var asked = new List<Rsync.Delta.SumHead>();
        Session(role, peer =>
        {
            Send(peer, () =>
            {
                peer.Entry("key", ScriptedPeer.File, 9);
                if (isSent)
                    sent(peer);
            }, breaksOff);
            asked.AddRange(peer.Asked);
        }, root =>
        {
            Put($"{root}/key", "");
            if (!isSent)
                System.IO.File.CreateSymbolicLink($"{root}/kept", "../secret");
        }, "ow");
        Assert.True(asked.All(head => head.Count == 0), $"{role}: {string.Join(' ', asked)}");
    }

    /// <summary>A list of the top and what a test adds, and an answer to all that is asked.</summary>
    private static void Send(ScriptedPeer peer, Action entries, bool breaksOff = false)
    {
        SendList(peer, entries);
        if (breaksOff)
        {
            peer.BreakOff("ow"u8.ToArray());
            return;
        }
        for (var ends = 0; ends < 3; ends++)
            peer.AnswerAll(Owned);
    }

    private static void SendList(ScriptedPeer peer, Action entries)
    {
        peer.Entry(".", ScriptedPeer.Directory);
        entries();
        peer.EndList();
    }
}
