using BenchmarkDotNet.Attributes;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Delta;

namespace ChangedFiles.Micro;

/// <summary>A file of 64 MiB against its basis: signature, and searches from all the same to nothing in common.</summary>
public class Deltas : IDisposable
{
    private const int Length = 64 << 20;

    private readonly byte[] _basis = Samples.Noise(Length, seed: 1);
    private readonly byte[] _changed = Samples.Noise(Length, seed: 1);
    private readonly byte[] _other = Samples.Noise(Length, seed: 2);
    private readonly BlockHash _hash = new(Checksum.Available[0], 1, seedFix: true);
    private readonly StrongHash _digest = StrongHash.Create(Checksum.Available[0]);
    private readonly NoSink _sink = new();
    private readonly SumHead _head = SumHead.ForBasis(Length, 0, Checksum.Available[0].DigestLength(), redo: false);
    private BlockSums _sums = null!;

    [GlobalSetup]
    public void Setup()
    {
        Samples.Noise(4096, seed: 3).CopyTo(_changed, Length / 2);
        Signature();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _hash.Dispose();
        _digest.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Signature() => _sums = BlockSums.Compute(_head, Samples.Reader(_basis), _hash);

    [Benchmark]
    public void Whole() => DeltaSearch.SendWhole(Samples.Reader(_basis), 0, Length, _digest, _sink);

    [Benchmark]
    public void Search_4_KiB_changed() => Search(_changed);

    [Benchmark]
    public void Search_nothing_in_common() => Search(_other);

    [Benchmark]
    public void Apply_unchanged()
    {
        using var apply = new DeltaApply(_head, Samples.Reader(_basis), (_, _) => { }, _digest);
        for (var block = 0; block < _head.Count; block++)
            apply.Copy(block);
        apply.Flush();
    }

    private void Search(byte[] source) => DeltaSearch.Run(_sums, _hash, false, Samples.Reader(source), Length, _digest, _sink);
}
