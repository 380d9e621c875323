using BenchmarkDotNet.Attributes;
using ChangedFiles.Rsync.Checksums;

namespace ChangedFiles.Micro;

/// <summary>One MiB in blocks: the sums that a generator makes.</summary>
public class Checksums : IDisposable
{
    private readonly byte[] _data = Samples.Noise(1 << 20, seed: 1);
    private readonly byte[] _sum = new byte[Checksum.MaxDigestLength];
    private BlockHash _hash = null!;
    private StrongHash _digest = null!;

    [Params(700, 32768)]
    public int Block { get; set; }

    [Params(nameof(ChecksumKind.Xxh128), nameof(ChecksumKind.Md5))]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var kind = Enum.Parse<ChecksumKind>(Kind);
        (_hash, _digest) = (new BlockHash(kind, 1, seedFix: true), StrongHash.Create(kind));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _hash.Dispose();
        _digest.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public uint Weak()
    {
        var all = 0u;
        for (var at = 0; at + Block <= _data.Length; at += Block)
            all ^= WeakSum.Of(_data.AsSpan(at, Block));
        return all;
    }

    [Benchmark]
    public void Strong()
    {
        for (var at = 0; at + Block <= _data.Length; at += Block)
            _hash.Compute(_data.AsSpan(at, Block), _sum.AsSpan(0, _hash.DigestLength));
    }

    [Benchmark]
    public void Digest()
    {
        _digest.Append(_data);
        _digest.Finish(_sum);
    }
}
