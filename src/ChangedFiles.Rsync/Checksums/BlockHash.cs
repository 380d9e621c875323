using System.Buffers.Binary;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Checksums;

/// <summary>The strong sum of single blocks under a session's seed (docs/protocol.md 7.4). One thread at a time.</summary>
internal sealed class BlockHash : IDisposable
{
    private readonly ChecksumKind _kind;
    private readonly ulong _seed;
    private readonly byte[] _seedBytes = [];
    private readonly bool _seedFirst;
    private readonly StrongHash? _hash;

    /// <param name="kind">The session's transfer checksum.</param>
    /// <param name="seed">The session's seed; 0 means that no seed is hashed.</param>
    /// <param name="seedFix"><c>CF_CHKSUM_SEED_FIX</c>: MD5 hashes the seed before the block and not after it.</param>
    public BlockHash(ChecksumKind kind, int seed, bool seedFix)
    {
        _kind = kind;
        _seed = (ulong)seed;
        _seedFirst = kind != ChecksumKind.Md4 && (kind != ChecksumKind.Md5 || seedFix);
        if (kind is ChecksumKind.XxHash64 or ChecksumKind.Xxh3 or ChecksumKind.Xxh128 && XxHash.IsAvailable)
            return;
        _hash = StrongHash.Create(kind);
        if (seed != 0)
        {
            _seedBytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(_seedBytes, seed);
        }
    }

    /// <summary>Bytes of a full sum.</summary>
    public int DigestLength => _kind.DigestLength();

    /// <summary>
    /// Writes the first bytes of the block's sum, as many as <paramref name="sum"/> holds (at most <see cref="DigestLength"/>).
    /// </summary>
    public void Compute(ReadOnlySpan<byte> block, Span<byte> sum)
    {
        Span<byte> full = stackalloc byte[Checksum.MaxDigestLength];
        switch (_kind)
        {
            case ChecksumKind.Xxh128:
                var hash = XxHash.Xxh128(block, _seed);
                BinaryPrimitives.WriteUInt64LittleEndian(full, (ulong)hash);
                BinaryPrimitives.WriteUInt64LittleEndian(full[8..], (ulong)(hash >> 64));
                break;
            case ChecksumKind.Xxh3:
                BinaryPrimitives.WriteUInt64LittleEndian(full, XxHash.Xxh3(block, _seed));
                break;
            case ChecksumKind.XxHash64:
                BinaryPrimitives.WriteUInt64LittleEndian(full, XxHash.Hash64(block, _seed));
                break;
            default:
                if (_seedFirst)
                    _hash!.Append(_seedBytes);
                _hash!.Append(block);
                if (!_seedFirst)
                    _hash.Append(_seedBytes);
                _hash.Finish(full);
                break;
        }
        full[..sum.Length].CopyTo(sum);
    }

    public void Dispose() => _hash?.Dispose();
}
