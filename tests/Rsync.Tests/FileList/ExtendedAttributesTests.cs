using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>docs/protocol.md 9.3 and 9.4.</summary>
public sealed class ExtendedAttributesTests : IDisposable
{
    private const string LongValueDigest = "36a92cc94a9e0fa21f625f8bfb007adf"; // of 100 times 'a'

    private static readonly byte[] LongValue = Encoding.ASCII.GetBytes(new string('a', 100));

    private readonly WireTape _tape = new();

    public void Dispose() => _tape.Dispose();

    [Fact]
    public void A_set_of_attributes_travels_once_with_digests_of_long_values()
    {
        var sent = new SentXattrs(_tape.Writer);
        sent.Write(Attributes());
        sent.Write(XattrList.Empty);
        sent.Write(Attributes());
        sent.Write(XattrList.Empty);
        Assert.Equal("00020a64" + Hex("user.long") + "00" + LongValueDigest + "0b03" + Hex("user.short") + "00" + Hex("abc")
            + "0000" + "01" + "02", _tape.Hex());

        var received = new ReceivedXattrs(_tape.Rewind());
        var list = received.Read();
        Assert.Equal(Attributes(), list);
        Assert.Null(list.Items[0].Value);
        Assert.True(list.Items[0].IsEqualTo(LongValue));
        Assert.Equal("abc"u8, list.Items[1].Value.AsSpan());
        Assert.Empty(received.Read().Items);
        Assert.Same(list, received.Read());
    }

    [Fact]
    public void A_long_value_is_fetched_once()
    {
        var list = Received(Attributes());
        XattrExchange.WriteRequest(_tape.Writer, list, isKnown: _ => false);
        Assert.Equal("0100", _tape.Hex());
        XattrExchange.WriteRequest(_tape.Writer, list, isKnown: _ => false);
        Assert.Equal("010000", _tape.Hex());

        var wanted = XattrExchange.ReadRequest(_tape.Rewind(), Attributes());
        using var answer = new WireTape();
        XattrExchange.WriteAnswer(answer.Writer, Attributes(), wanted, name => name.AsSpan().SequenceEqual("user.long"u8) ? LongValue : null);
        Assert.Equal("0164" + Convert.ToHexStringLower(LongValue) + "00", answer.Hex());
        XattrExchange.ReadAnswer(answer.Rewind(), list);
        Assert.Equal(LongValue, list.Items[0].Value);
    }

    [Fact]
    public void A_value_that_was_not_asked_for_is_refused()
    {
        using var answer = new WireTape(Convert.FromHexString("01" + "01" + "61" + "00"));
        var failure = Assert.Throws<RsyncException>(() => XattrExchange.ReadAnswer(answer.Rewind(), Received(Attributes())));
        Assert.Equal(ExitCode.ProtocolStream, failure.ExitCode);
    }

    [Theory]
    [InlineData("0300")]
    [InlineData("00")]
    [InlineData("ffffffff0f")]
    [InlineData("7f7f00")]
    public void A_request_outside_of_the_set_is_refused(string bytes)
    {
        using var request = new WireTape(Convert.FromHexString(bytes));
        if (bytes == "00")
            Assert.Empty(XattrExchange.ReadRequest(request.Rewind(), Attributes()));
        else
            Assert.Throws<RsyncException>(() => XattrExchange.ReadRequest(request.Rewind(), Attributes()));
    }

    [Fact]
    public void An_acl_has_the_documented_bytes()
    {
        var format = new FileListFormat { Acls = true, Incremental = true };
        var users = new SentIds(id => id == 1 ? "daemon"u8.ToArray() : null);
        var groups = new SentIds(id => id == 60 ? "games"u8.ToArray() : null);
        var sent = new SentAcls(_tape.Writer, format, users, groups);
        var acl = new PosixAcl { OwningGroup = 4, Named = [new(1, IsUser: true, 7), new(60, IsUser: false, 4)] };
        sent.Write(acl);
        sent.Write(PosixAcl.Empty);
        sent.Write(acl);
        Assert.Equal("0012040201" + "1f06" + Hex("daemon") + "3c11" + "05" + Hex("games") + "0000" + "01", _tape.Hex());
    }

    [Fact]
    public void Ids_in_acls_are_mapped_by_the_tables_of_a_complete_list()
    {
        var format = new FileListFormat { Acls = true };
        var entry = new FileEntry { Path = TreePath.Parse("f"), Mode = 0x81A4 };
        entry.AccessAcl = new PosixAcl { Mask = 7, Named = [new(4711, IsUser: true, 7)] };
        var writer = new FileListWriter(_tape.Writer, format, new IdNames());
        writer.Write(entry);
        writer.WriteEnd(0);
        var ids = new ReceivedIds(new PreserveOptions { UserMap = "4711:0815" }, mayChown: true);
        var list = new FileListReader(_tape.Rewind(), format, ids).Read(new FileLists(incremental: false, receiving: true));
        Assert.Equal(815u, list[0]!.AccessAcl!.Named[0].Id);
    }

    private static XattrList Attributes() =>
        XattrList.Of([new Xattr("user.short"u8.ToArray(), "abc"u8.ToArray()), new Xattr("user.long"u8.ToArray(), LongValue)]);

    private static XattrList Received(XattrList list)
    {
        using var tape = new WireTape();
        new SentXattrs(tape.Writer).Write(list);
        return new ReceivedXattrs(tape.Rewind()).Read();
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));
}
