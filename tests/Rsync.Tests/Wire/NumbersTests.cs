using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Wire;

/// <summary>Every example of docs/protocol.md 4, written and read back.</summary>
public sealed class NumbersTests : IDisposable
{
    private readonly Connection _near;
    private readonly Connection _far;
    private readonly FrameWriter _writer;
    private readonly FrameReader _reader;

    public NumbersTests()
    {
        var (first, second) = Descriptors.SocketPair();
        (_near, _far) = (new Connection(first, first), new Connection(second, second));
        (_writer, _reader) = (new FrameWriter(_near, null), new FrameReader(_far));
        _far.Timeout = TimeSpan.FromSeconds(10);
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "8080")]
    [InlineData(255, "80ff")]
    [InlineData(256, "8100")]
    [InlineData(511, "81ff")]
    [InlineData(1000, "83e8")]
    [InlineData(16383, "bfff")]
    [InlineData(16384, "c00040")]
    [InlineData(65535, "c0ffff")]
    [InlineData(65536, "c10000")]
    [InlineData(2097151, "dfffff")]
    [InlineData(2097152, "e0000020")]
    [InlineData(268435455, "efffffff")]
    [InlineData(268435456, "f000000010")]
    [InlineData(999999999, "f0ffc99a3b")]
    [InlineData(2147483647, "f0ffffff7f")]
    [InlineData(-1, "f0ffffffff")]
    public void A_varint_has_the_documented_bytes(int value, string bytes)
    {
        _writer.WriteVarint(value);
        Assert.Equal(bytes, Written(bytes.Length / 2));
        _writer.WriteVarint(value);
        _writer.Flush();
        Assert.Equal(value, _reader.ReadVarint());
    }

    [Theory]
    [InlineData(0, 3, "000000")]
    [InlineData(5, 4, "00050000")]
    [InlineData(65536, 3, "010000")]
    [InlineData(8388607, 3, "7fffff")]
    [InlineData(8388607, 4, "00ffff7f")]
    [InlineData(8388608, 3, "80000080")]
    [InlineData(1073741824, 3, "c000000040")]
    [InlineData(1073741824, 4, "40000000")]
    [InlineData(1700000000, 3, "c000f15365")]
    [InlineData(1700000000, 4, "6500f153")]
    [InlineData(2147483648, 4, "8000000080")]
    [InlineData(4294967296, 3, "c100000000")]
    [InlineData(4294967296, 4, "8100000000")]
    [InlineData(1000000000000, 3, "e00010a5d4e8")]
    [InlineData(1000000000000, 4, "c00010a5d4e8")]
    [InlineData(-1, 3, "fcffffffffffffffff")]
    [InlineData(-1, 4, "f8ffffffffffffffff")]
    public void A_varlong_has_the_documented_bytes(long value, int least, string bytes)
    {
        _writer.WriteVarlong(value, least);
        Assert.Equal(bytes, Written(bytes.Length / 2));
        _writer.WriteVarlong(value, least);
        _writer.Flush();
        Assert.Equal(value, _reader.ReadVarlong(least));
    }

    [Fact]
    public void Indexes_have_the_documented_bytes()
    {
        int[] sequence = [0, 1, 2, 5, 258, 258, 259, 600, 40000, 40001, 39990, -1, -2, -101, -102];
        const string Bytes = "010101" + "03" + "fd" + "fe0000" + "01" + "fe0155" + "fe80409c00" + "01" + "fe80369c00" + "00" + "ff01" + "ff63" + "ff01";
        foreach (var index in sequence)
            _writer.WriteIndex(index);
        _writer.Flush();
        var far = new byte[Bytes.Length / 2];
        _reader.Read(far);
        Assert.Equal(Bytes, Convert.ToHexStringLower(far));

        _writer.Write(far);
        _writer.Flush();
        foreach (var index in sequence)
            Assert.Equal(index, _reader.ReadIndex());
    }

    [Fact]
    public async Task Random_numbers_survive_framing_in_any_order()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        _writer.StartMultiplexing();
        _reader.StartMultiplexing();
        var texts = 0;
        _reader.OnMessage = (_, _) => texts++;
        var writing = Task.Run(() => Pass(new Random(seed), write: true), TestContext.Current.CancellationToken);
        Pass(new Random(seed), write: false);
        await writing;
        Assert.True(texts > 0);
    }

    private void Pass(Random random, bool write)
    {
        for (var i = 0; i < 20000; i++)
        {
            var value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            var kind = random.Next(6);
            if (!write)
            {
                Check(kind, value);
                continue;
            }
            Emit(kind, value);
            if (kind == 0)
                _writer.WriteMessage(MessageCode.Info, "a text between frames"u8);
        }
        if (write)
            _writer.Flush();
    }

    private void Emit(int kind, long value)
    {
        if (kind == 0)
            _writer.WriteVarint((int)value);
        else if (kind == 1)
            _writer.WriteVarlong(value, 3);
        else if (kind == 2)
            _writer.WriteVarlong(value, 4);
        else if (kind == 3)
            _writer.WriteIndex((int)(value & int.MaxValue));
        else if (kind == 4)
            _writer.WriteVstring(new byte[(int)(value & 0x7FF)]);
        else
            _writer.WriteInt32((int)value);
    }

    private void Check(int kind, long value)
    {
        if (kind == 0)
            Assert.Equal((int)value, _reader.ReadVarint());
        else if (kind == 1)
            Assert.Equal(value, _reader.ReadVarlong(3));
        else if (kind == 2)
            Assert.Equal(value, _reader.ReadVarlong(4));
        else if (kind == 3)
            Assert.Equal((int)(value & int.MaxValue), _reader.ReadIndex());
        else if (kind == 4)
            Assert.Equal((int)(value & 0x7FF), _reader.ReadVstring(0x7FF, "test").Length);
        else
            Assert.Equal((int)value, _reader.ReadInt32());
    }

    private string Written(int count)
    {
        _writer.Flush();
        return Convert.ToHexStringLower(_reader.ReadBytes(count));
    }
}
