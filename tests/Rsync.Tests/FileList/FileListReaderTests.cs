using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

public sealed class FileListReaderTests
{
    private static readonly ReceivedIds NumericIds = new(new PreserveOptions { NumericIds = true }, mayChown: true);

    [Fact]
    public void Random_lists_come_back_as_they_were_written()
    {
        var first = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {first}");
        for (var seed = first; seed < first + 60; seed++)
        {
            var random = new RandomEntries(seed);
            var format = random.Format(incremental: false);
            var entries = random.Tree(random.Random.Next(200), format);
            using var tape = new WireTape();
            var writer = new FileListWriter(tape.Writer, format, IdNames.None);
            entries.ForEach(writer.Write);
            writer.WriteEnd(0);
            tape.Writer.WriteInt32(12345678);

            var reader = tape.Rewind();
            var list = new FileListReader(reader, format, NumericIds).Read(new FileLists(incremental: false, receiving: true));
            Assert.Equal(12345678, reader.ReadInt32());
            var sorted = entries.ToArray();
            FileOrder.Sort(sorted);
            Assert.Equal(sorted.Select(e => Describe(e, format)), Enumerable.Range(0, list.Count).Select(i => Describe(list[i]!, format)));
        }
    }

    [Fact]
    public void Random_lists_in_pieces_come_back_as_they_were_written()
    {
        var first = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {first}");
        for (var seed = first; seed < first + 50; seed++)
        {
            var random = new RandomEntries(seed);
            var format = random.Format(incremental: true);
            var entries = random.Tree(random.Random.Next(200), format);
            using var tape = new WireTape();
            var writer = new FileListWriter(tape.Writer, format, new IdNames());
            var sent = new FileLists(incremental: true, receiving: false);
            var expected = new List<string>();
            var directories = new Queue<int>([-1]);
            while (directories.TryDequeue(out var directory))
            {
                if (directory >= 0)
                    tape.Writer.WriteIndex(FileIndex.ListOffset - directory);
                var parent = directory < 0 ? TreePath.Root : sent.Directory(directory)!.Path;
                var part = entries.Where(e => e.Path.Parent == parent).ToList();
                part.ForEach(writer.Write);
                writer.WriteEnd(0);
                var (known, list) = (sent.DirectoryCount, sent.Add(part, directory));
                expected.AddRange(Enumerable.Range(list.Start, list.Count).Select(i => $"{i} {Describe(sent.Find(i)!, format)}"));
                foreach (var number in Enumerable.Range(known, sent.DirectoryCount - known))
                    directories.Enqueue(number);
            }
            tape.Writer.WriteIndex(FileIndex.ListsEnd);
            Assert.Equal(entries.Count, expected.Count);

            var input = tape.Rewind();
            var reader = new FileListReader(input, format, NumericIds);
            var lists = new FileLists(incremental: true, receiving: true);
            reader.Read(lists);
            while (input.ReadIndex() is not FileIndex.ListsEnd and var index)
                reader.Read(lists, FileIndex.ListOffset - index);
            Assert.Equal(expected, Enumerable.Range(0, lists.Count).Select(i => lists[i]).SelectMany(list =>
                Enumerable.Range(list.Start, list.Count).Select(i => $"{i} {Describe(lists.Find(i)!, format)}")));
        }
    }

    [Fact]
    public void A_list_that_breaks_off_anywhere_is_an_error()
    {
        var bytes = Written(new RandomEntries(1), out var format);
        for (var length = 0; length < bytes.Length; length++)
        {
            var failure = Assert.Throws<RsyncException>(() => Read(bytes.AsSpan(0, length), format));
            Assert.Equal(ExitCode.ProtocolStream, failure.ExitCode);
        }
    }

    [Fact]
    public void A_list_with_wrong_bytes_never_ends_in_anything_but_a_protocol_error()
    {
        var first = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {first}");
        for (var seed = first; seed < first + 20; seed++)
        {
            var random = new RandomEntries(seed);
            var good = Written(random, out var format);
            for (var round = 0; round < 25; round++)
            {
                var bytes = good.ToArray();
                for (var hits = random.Random.Next(1, 4); hits > 0; hits--)
                    bytes[random.Random.Next(bytes.Length)] = (byte)random.Random.Next(256);
                try
                {
                    Read(bytes, format);
                }
                catch (RsyncException failure)
                {
                    Assert.Contains(failure.ExitCode, new[] { ExitCode.ProtocolStream, ExitCode.ProtocolIncompatibility });
                }
            }
        }
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("a/..")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("a\0b")]
    public void An_unsafe_name_is_refused(string name)
    {
        var failure = Assert.Throws<RsyncException>(() => ReadNames(name));
        Assert.Equal(ExitCode.ProtocolIncompatibility, failure.ExitCode);
    }

    [Theory]
    [InlineData("a//b", "a/b")]
    [InlineData("./b", "b")]
    [InlineData("a/./b", "a/b")]
    [InlineData("a/b/", "a/b")]
    [InlineData("a/.", "a")]
    [InlineData("...", "...")]
    [InlineData("a/..b", "a/..b")]
    public void A_name_is_made_clean(string name, string clean) =>
        Assert.Contains(clean, ReadNames(name == "a/." ? ["z", name] : ["a", name]));

    [Fact]
    public void A_leading_slash_counts_for_the_order_only()
    {
        var names = ReadNames(new FileListFormat { NumericIds = true, Relative = true }, "z", "/etc", "/etc/x", "-", "/.");
        Assert.Equal(["-", ".", "etc", "etc/x", "z"], names);
    }

    [Fact]
    public void A_file_without_its_directory_is_refused()
    {
        var failure = Assert.Throws<RsyncException>(() => ReadNames("a", "b/c"));
        Assert.Equal(ExitCode.ProtocolIncompatibility, failure.ExitCode);
        Assert.Contains("b/c", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads directories of these names; the paths in their order.</summary>
    private static string[] ReadNames(params string[] names) => ReadNames(new FileListFormat { NumericIds = true }, names);

    private static string[] ReadNames(FileListFormat format, params string[] names)
    {
        using var tape = new WireTape();
        foreach (var name in names)
        {
            tape.Writer.WriteVarint(0x18);
            tape.Writer.WriteByte((byte)name.Length);
            tape.Writer.Write(System.Text.Encoding.Latin1.GetBytes(name));
            tape.Writer.WriteVarlong(0, 3);
            tape.Writer.WriteVarlong(0, 4);
            tape.Writer.WriteInt32(0x41ED);
        }
        tape.Writer.WriteUInt16(0);
        var list = new FileListReader(tape.Rewind(), format, NumericIds).Read(new FileLists(incremental: false, receiving: true));
        return [.. Enumerable.Range(0, list.Count).Select(i => list[i]!.Path.ToString())];
    }

    private static byte[] Written(RandomEntries random, out FileListFormat format)
    {
        format = random.Format(incremental: false) with { Owner = true, Group = true, NumericIds = false, HardLinks = true };
        using var tape = new WireTape();
        var writer = new FileListWriter(tape.Writer, format, new IdNames());
        random.Tree(20, format).ForEach(writer.Write);
        writer.WriteEnd(0);
        return tape.Bytes();
    }

    private static void Read(ReadOnlySpan<byte> bytes, FileListFormat format)
    {
        using var tape = new WireTape(bytes);
        new FileListReader(tape.Rewind(), format, NumericIds).Read(new FileLists(incremental: false, receiving: true));
    }

    /// <summary>All that travels of an entry.</summary>
    private static string Describe(FileEntry entry, FileListFormat format) => string.Join(' ',
        Convert.ToHexString(entry.Path.Bytes), entry.Mode, entry.Length, entry.Mtime, entry.Uid, entry.Gid, entry.Content,
        entry.Rdev, entry.Atime, Hex(format.Links ? entry.LinkTarget : null), Hex(entry.Checksum), entry.Links?.Number,
        Describe(entry.AccessAcl), Describe(entry.DefaultAcl), Describe(entry.Xattrs));

    private static string Describe(PosixAcl? acl) => Hex(acl?.Format());

    private static string Describe(XattrList? list) => string.Join(',', list?.Items.Select(item => $"{Hex(item.Name)}={item.Length}:{Hex(item.Listed)}") ?? []);

    private static string Hex(byte[]? bytes) => bytes is null ? "-" : Convert.ToHexString(bytes);
}
