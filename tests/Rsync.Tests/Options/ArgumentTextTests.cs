using System.Text;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Options;

public sealed class ArgumentTextTests
{
    [Fact]
    public void Any_bytes_survive_the_way_to_text_and_back()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
                Encoding.UTF8.GetBytes("é€😀").AsSpan(0, Math.Min(bytes.Length, 5)).CopyTo(bytes);
            Assert.Equal(bytes, ArgumentText.Encode(ArgumentText.Decode(bytes)));
        }
    }

    [Fact]
    public void Valid_utf8_becomes_its_characters()
    {
        Assert.Equal("/é/😀", ArgumentText.Decode("/é/😀"u8));
    }

    [Fact]
    public void A_byte_that_is_no_utf8_becomes_a_lone_surrogate()
    {
        Assert.Equal("/a\uDCE9b", ArgumentText.Decode([.. "/a"u8, 0xE9, .. "b"u8]));
    }
}
