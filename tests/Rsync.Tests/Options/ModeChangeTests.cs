using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Options;

public sealed class ModeChangeTests
{
    private const uint Directory = 0x4000;
    private const uint File = 0x8000;

    // What rsync 3.5.0 made of a file 0640, a file 6750 and a directory 7750 with umask 022.
    [Theory]
    [InlineData("u=g", "440", "2550", "3550")]
    [InlineData("g-u", "600", "6700", "7700")]
    [InlineData("=g", "444", "555", "555")]
    [InlineData("o=u", "646", "6757", "6757")]
    [InlineData("ug=o", "0", "0", "1000")]
    [InlineData("uo=g", "444", "2555", "2555")]
    [InlineData("+u", "644", "6755", "7755")]
    [InlineData("a+s", "6640", "6750", "7750")]
    [InlineData("o+s", "4640", "6750", "7750")]
    [InlineData("=s", "4000", "6000", "7000")]
    [InlineData("-s", "640", "2750", "3750")]
    [InlineData("g=s", "2600", "6700", "7700")]
    [InlineData("a=t", "1000", "1000", "1000")]
    [InlineData("=t", "1000", "7000", "7000")]
    [InlineData("o=t", "1640", "7750", "7750")]
    [InlineData("u=rx", "540", "6550", "7550")]
    [InlineData("u+X,a=X", "0", "6111", "7111")]
    [InlineData("+X", "640", "6751", "7751")]
    [InlineData("-w", "440", "6550", "7550")]
    [InlineData("+w", "640", "6750", "7750")]
    [InlineData("=", "0", "6000", "7000")]
    [InlineData("Dg+s", "640", "6750", "7750")]
    [InlineData("Fa-x,Dgo=", "640", "6640", "7700")]
    [InlineData("D1777,F0600", "600", "600", "1777")]
    [InlineData("0000755", "755", "755", "755")]
    [InlineData("uu+r", "640", "6750", "7750")]
    public void Changes_modes_as_stock_does(string changes, string file, string program, string directory)
    {
        Assert.True(ModeChange.TryParse(changes, Octal("022"), out var change));
        var results = new[] { File | Octal("640"), File | Octal("6750"), Directory | Octal("7750") }
            .Select(mode => change.Apply(mode))
            .ToList();
        Assert.Equal([File, File, Directory], results.Select(mode => mode & 0xF000));
        Assert.Equal([file, program, directory], results.Select(mode => Convert.ToString(mode & 0xFFF, 8)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DF+x")]
    [InlineData("12345678")]
    [InlineData("888")]
    [InlineData("u+r,u")]
    [InlineData("u++r")]
    [InlineData("u + r")]
    [InlineData("u+rw-x")]
    [InlineData("a")]
    [InlineData("u=rwu")]
    [InlineData("u=go")]
    [InlineData("t+x")]
    [InlineData(",u+r")]
    [InlineData("10000")]
    [InlineData("Xu+r")]
    public void What_stock_refuses_is_refused(string changes) => Assert.False(ModeChange.TryParse(changes, 0, out _));

    [Fact]
    public void A_second_option_is_applied_after_the_first()
    {
        Assert.True(ModeChange.TryParse("a=", 0, out var first));
        Assert.True(ModeChange.TryParse("u+rw", 0, out var second));
        Assert.Equal(File | Octal("600"), first.Then(second).Apply(File | Octal("755")));
    }

    private static uint Octal(string digits) => Convert.ToUInt32(digits, 8);
}
