using Xunit;

namespace ChangedFiles.Linux.Tests;

public sealed class PosixAclTests
{
    private static readonly PosixAcl Full = new()
    {
        Owner = 6,
        OwningGroup = 4,
        Mask = 7,
        Other = 1,
        Named = [new(1, IsUser: true, 7), new(1000, IsUser: true, 0), new(60, IsUser: false, 5)],
    };

    [Fact]
    public void The_attribute_has_the_kernels_layout()
    {
        var expected =
            "02000000" + "01000600FFFFFFFF" + "0200070001000000" + "02000000E8030000" + "04000400FFFFFFFF" +
            "080005003C000000" + "10000700FFFFFFFF" + "20000100FFFFFFFF";
        Assert.Equal(expected, Convert.ToHexString(Full.Format()));
        Assert.True(PosixAcl.TryParse(Full.Format(), out var parsed));
        Assert.Equal(Full, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("020000")]
    [InlineData("01000000")]
    [InlineData("0200000001000600")]
    [InlineData("0200000003000600FFFFFFFF")]
    public void Anything_else_is_refused(string attribute) =>
        Assert.False(PosixAcl.TryParse(Convert.FromHexString(attribute), out _));

    [Fact]
    public void What_follows_from_the_mode_is_left_out_and_put_back()
    {
        const uint mode = 0x8000 | (6 << 6) | (7 << 3) | 1;
        var sent = Full.WithoutMode(mode);
        Assert.Equal((null, 4, null, null), (sent.Owner, sent.OwningGroup, sent.Mask, sent.Other));
        Assert.Equal(Full, sent.WithMode(mode));
        var plain = new PosixAcl { Owner = 6, OwningGroup = 7, Other = 1 };
        Assert.True(plain.WithoutMode(mode).IsEmpty);
        Assert.Equal(plain, PosixAcl.Empty.WithMode(mode));
    }

    [Fact]
    public void Equality_ignores_the_order_of_names() =>
        Assert.Equal(new PosixAcl { Named = [new(2, true, 1), new(1, true, 1)] }, new PosixAcl { Named = [new(1, true, 1), new(2, true, 1)] });
}
