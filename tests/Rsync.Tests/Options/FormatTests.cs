using System.Buffers;
using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Options;

public sealed class FormatTests
{
    private const uint Regular = 0x8000;
    private const uint Symlink = 0xA000;
    private const uint Directory = 0x4000;

    [Theory]
    [InlineData(Regular, 0xA000, ">f+++++++++")]
    [InlineData(Directory, 0x6000, "cd+++++++++")]
    [InlineData(Symlink, 0x6002, "cL+++++++++")]
    [InlineData(0x6000u, 0x6002, "cD+++++++++")]
    [InlineData(0x1000u, 0x6002, "cS+++++++++")]
    [InlineData(Regular, 0x800C, ">f.st......")]
    [InlineData(Regular, 0x801A, ">fc.tp.....")]
    [InlineData(Directory, 0x0008, ".d..t......")]
    [InlineData(Directory, 0x0060, ".d....og...")]
    [InlineData(Directory, 0, ".d         ")]
    [InlineData(Regular, 0x0589, ".f..t...bax")]
    [InlineData(Regular, 0x0401, ".f......b..")]
    [InlineData(Regular, 0x5000, "hf         ")]
    [InlineData(Symlink, 0x400A, "cLc.t......")]
    [InlineData(Symlink, 0x000C, ".L..T......")]
    public void Items_have_eleven_characters(uint mode, int flags, string text)
    {
        var item = new ItemReport { Name = "x"u8.ToArray(), Mode = mode, Flags = (ItemFlags)flags };
        Assert.Equal(text, Itemized.Text(item, new ItemizeContext(Local: false, PreserveTimes: true)));
    }

    [Fact]
    public void A_sender_sends_but_not_to_itself()
    {
        var item = new ItemReport { Name = "x"u8.ToArray(), Mode = Regular, Flags = ItemFlags.Transfer | ItemFlags.ReportTime, Sending = true };
        Assert.Equal("<f..t......", Itemized.Text(item, new ItemizeContext(Local: false, PreserveTimes: true)));
        Assert.Equal(">f..T......", Itemized.Text(item, new ItemizeContext(Local: true, PreserveTimes: false)));
    }

    [Theory]
    [InlineData("%i %n%L", "<f.s....... dir/a file")]
    [InlineData("[%10n][%-12n]", "[dir/a file][dir/a file  ]")]
    [InlineData("%l %'l %''l %'''l", "12345 12,345 12.35K 12.06K")]
    [InlineData("%8l|%-8l|%'8l", "   12345|12345   |  12,345")]
    [InlineData("%f %o %B", "src/x/dir/a file send rw-r--r--")]
    [InlineData("%b/%c %C", "77/16 0aff")]
    [InlineData("%U %G", "0 DEFAULT")]
    [InlineData("%M", "2024/02/29-12:34:56")]
    [InlineData("100%% %x %", "100% %x %")]
    [InlineData("%h %a %P %u %m.", "%h %a %P %u .")]
    [InlineData("%5%|", "    %|")]
    public void A_format_has_escapes(string format, string line)
    {
        var item = new ItemReport
        {
            Name = "dir/a file"u8.ToArray(),
            Directory = "/src/x"u8.ToArray(),
            Flags = ItemFlags.Transfer | ItemFlags.ReportSize,
            Mode = Regular | 0x1A4,
            Length = 12345,
            Mtime = new FileTime(1709210096, 5),
            Uid = 3,
            Gid = 4,
            Sending = true,
            BytesTransferred = 77,
            ChecksumBytes = 16,
            Checksum = new byte[] { 0x0A, 0xFF },
        };
        Assert.Equal(line, Line(format, item));
    }

    [Fact]
    public void Links_are_shown_with_where_they_lead()
    {
        var link = new ItemReport { Name = "l"u8.ToArray(), Mode = Symlink, LinkTarget = "a b"u8.ToArray() };
        Assert.Equal("l -> a b", Line("%n%L", link));
        var hard = new ItemReport
        {
            Name = "h"u8.ToArray(),
            Mode = Regular,
            Xname = "a"u8.ToArray(),
            Flags = ItemFlags.LocalChange | ItemFlags.XnameFollows,
        };
        Assert.Equal("h => a", Line("%n%L", hard));
    }

    [Fact]
    public void A_checksum_that_was_not_made_keeps_its_width()
    {
        var file = new ItemReport { Name = "f"u8.ToArray(), Mode = Regular, Flags = ItemFlags.Transfer };
        Assert.Equal(new string('0', 32) + "|", Line("%C|", file));
        Assert.Equal(new string(' ', 32) + "|", Line("%C|", file with { Mode = Directory, Flags = ItemFlags.None }));
    }

    [Theory]
    [InlineData("plain name", "plain name", "plain name")]
    [InlineData("tab\tstays", "tab\tstays", "tab\tstays")]
    [InlineData("line\nfeed", @"line\#012feed", @"line\#012feed")]
    [InlineData("é", "é", @"\#303\#251")]
    [InlineData(@"\#12x \#123", @"\#12x \#134#123", @"\#12x \#134#123")]
    public void Names_are_made_safe_to_print(string name, string utf8, string ascii)
    {
        Assert.Equal(utf8, Escape(Encoding.UTF8.GetBytes(name), NameEscape.HighBytes.Utf8));
        Assert.Equal(ascii, Escape(Encoding.UTF8.GetBytes(name), NameEscape.HighBytes.Escape));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_escaped_unless_8_bit_output_is_on()
    {
        byte[] name = [(byte)'a', 0xFF, 0xC3, (byte)'b'];
        Assert.Equal(@"a\#377\#303b", Escape(name, NameEscape.HighBytes.Utf8));
        var output = new ArrayBufferWriter<byte>();
        NameEscape.Write(name, NameEscape.HighBytes.Keep, output);
        Assert.Equal(name, output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(999, 2, "999")]
    [InlineData(1000, 2, "1.00K")]
    [InlineData(1000, 3, "1000")]
    [InlineData(3_002_520, 2, "3.00M")]
    [InlineData(3_002_520, 3, "2.86M")]
    [InlineData(3_002_520, 1, "3,002,520")]
    [InlineData(3_002_520, 0, "3002520")]
    public void Numbers_have_levels(long value, int level, string text) => Assert.Equal(text, HumanNumber.Format(value, level));

    [Fact]
    public void Verbosity_adds_up()
    {
        var info = Verbosity.Info(2);
        Assert.Equal((2, 2, 1, 0), (info[InfoFlag.Name], info[InfoFlag.Misc], info[InfoFlag.Del], info[InfoFlag.Progress]));
        Assert.Equal(1, Verbosity.Info(0)[InfoFlag.Nonreg]);
        Levels<InfoFlag> named = default;
        Assert.True(Verbosity.TryParse("NONE,name3,stats12,,", ref info, ref named, out _));
        Assert.Equal((3, 4, 0), (info[InfoFlag.Name], info[InfoFlag.Stats], info[InfoFlag.Del]));
        Assert.False(Verbosity.TryParse("nam", ref info, ref named, out var unknown));
        Assert.Equal("nam", unknown);
        Assert.Equal(4, Verbosity.Debug(5)[DebugFlag.Deltasum]);
    }

    private static string Line(string format, ItemReport item)
    {
        var output = new ArrayBufferWriter<byte>();
        new ItemFormat(format).Write(item, new ItemFormatContext { Zone = TimeZoneInfo.Utc }, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Escape(byte[] name, NameEscape.HighBytes high)
    {
        var output = new ArrayBufferWriter<byte>();
        NameEscape.Write(name, high, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
