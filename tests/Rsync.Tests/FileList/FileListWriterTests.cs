using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Wire;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>The bytes of docs/protocol.md 6 and 12.</summary>
public sealed class FileListWriterTests : IDisposable
{
    private static readonly FileListFormat Archive = new()
    {
        Owner = true,
        Group = true,
        Devices = true,
        Specials = true,
        Links = true,
    };

    private readonly WireTape _tape = new();

    public void Dispose() => _tape.Dispose();

    [Fact]
    public void A_push_of_two_small_files_has_the_bytes_of_the_transcript()
    {
        var writer = new FileListWriter(_tape.Writer, Archive with { Incremental = true }, new IdNames());
        writer.Write(Entry(".", 0x41ED, 4096, content: DirectoryContent.Top));
        writer.Write(Entry("a.txt", 0x81A4, 6));
        writer.Write(Entry("d", 0x41ED, 4096));
        writer.WriteEnd(0);
        _tape.Writer.WriteIndex(FileIndex.ListOffset - 1);
        writer.Write(Entry("d/b.txt", 0x81A4, 12));
        writer.WriteEnd(0);
        _tape.Writer.WriteIndex(FileIndex.ListsEnd);
        Assert.Equal(
            "8c01" + "012e" + "000010" + "65257d93" + "ed410000" + "0004726f6f74" + "0004726f6f74"
            + "8098" + "05612e747874" + "000600" + "a4810000"
            + "8098" + "0164" + "000010" + "ed410000"
            + "0000"
            + "ff65" + "80b8" + "01062f622e747874" + "000c00" + "a4810000" + "0000"
            + "fffe80020000",
            _tape.Hex());
    }

    [Fact]
    public void A_single_file_of_a_pull_has_the_bytes_of_the_transcript()
    {
        var writer = new FileListWriter(_tape.Writer, Archive with { Incremental = true }, new IdNames());
        writer.Write(new FileEntry { Path = TreePath.Parse("f.txt"), Mode = 0x81A4, Length = 1970, Mtime = new(1714979289, 0) });
        writer.WriteEnd(0);
        Assert.Equal("8c00" + "05662e747874" + "00b207" + "66d98138" + "a4810000" + "0004726f6f74" + "0004726f6f74" + "0000", _tape.Hex());
    }

    [Fact]
    public void A_missing_argument_has_the_documented_bytes()
    {
        var writer = new FileListWriter(_tape.Writer, Archive, IdNames.None);
        writer.Write(Entry("dir", 0x41ED, 4096));
        var before = _tape.Bytes().Length;
        writer.Write(FileEntry.Missing(TreePath.Parse("nope")));
        Assert.Equal("18046e6f706500000000000000" + "00000000", _tape.Hex()[(2 * before)..]);
    }

    [Fact]
    public void The_id_tables_of_a_complete_list_name_the_ids_that_occurred_and_root()
    {
        var writer = new FileListWriter(_tape.Writer, Archive, new IdNames());
        writer.WriteEnd(0);
        Assert.Equal("0000" + "0004726f6f740004726f6f74", _tape.Hex());
    }

    [Fact]
    public void Numeric_ids_send_no_tables()
    {
        new FileListWriter(_tape.Writer, Archive with { NumericIds = true }, new IdNames()).WriteEnd(0);
        Assert.Equal("0000", _tape.Hex());
    }

    [Theory]
    [InlineData(32, true, true, 0, "0000")]
    [InlineData(32, true, true, 3, "0003")]
    [InlineData(31, false, false, 0, "00")]
    [InlineData(31, false, false, 1, "041001")]
    [InlineData(30, false, true, 1, "041001")]
    [InlineData(30, false, false, 0, "00")]
    public void A_list_ends_with_the_documented_bytes(int protocol, bool varint, bool safe, int ioError, string bytes)
    {
        var format = new FileListFormat { Protocol = protocol, VarintFlags = varint, SafeEnd = safe, NumericIds = true };
        new FileListWriter(_tape.Writer, format, IdNames.None).WriteEnd(ioError);
        Assert.StartsWith(bytes, _tape.Hex());
    }

    [Fact]
    public void A_later_hard_link_of_the_same_list_is_a_name_and_a_number()
    {
        var (old, now, other) = (Entry("old", 0x81A4, 5), Entry("x/new", 0x81A4, 5), Entry("y", 0x81A4, 7));
        HardLinkGroup.Of(old, now);
        var writer = new FileListWriter(_tape.Writer, new FileListFormat { HardLinks = true, NumericIds = true }, IdNames.None);
        writer.Write(Entry("x", 0x41ED, 4096));
        writer.Write(old);
        var before = _tape.Bytes().Length;
        writer.Write(now);
        writer.Write(other);
        // 0x9a: mode, uid, gid, time as before; the group number counts in the order of transmission.
        Assert.Equal("829a" + "05782f6e6577" + "01" + "809a" + "0179" + "000700", _tape.Hex()[(2 * before)..]);
    }

    [Fact]
    public void A_hard_link_to_an_earlier_list_is_sent_in_full()
    {
        var (first, second) = (Entry("first", 0x81A4, 5), Entry("d/second", 0x81A4, 5));
        HardLinkGroup.Of(first, second);
        var format = new FileListFormat { HardLinks = true, NumericIds = true, Incremental = true };
        var writer = new FileListWriter(_tape.Writer, format, IdNames.None);
        writer.Write(Entry("d", 0x41ED, 4096));
        writer.Write(first);
        writer.WriteEnd(0);
        var before = _tape.Bytes().Length;
        writer.Write(second);
        Assert.Equal("829a" + "08642f7365636f6e64" + "02" + "000500", _tape.Hex()[(2 * before)..]);
    }

    private static FileEntry Entry(string path, uint mode, long length, DirectoryContent content = DirectoryContent.Listed) => new()
    {
        Path = TreePath.Parse(Encoding.UTF8.GetBytes(path)),
        Mode = mode,
        Length = length,
        Mtime = new FileTime(1704164645, 0),
        Content = content,
    };
}
