using System.Buffers.Binary;
using System.Security.Cryptography;
using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Checksums;

/// <summary>
/// A running digest without a seed: whole files, <c>--checksum</c> sums, xattr values (docs/protocol.md 7.4).
/// Usable again after <see cref="Finish"/>; creating one is the expensive part. One thread at a time.
/// </summary>
internal abstract class StrongHash : IDisposable
{
    /// <summary>Bytes that <see cref="Finish"/> writes.</summary>
    public abstract int DigestLength { get; }

    /// <summary>A new digest of this kind.</summary>
    /// <exception cref="NotSupportedException">The library for it is not installed (see <see cref="Checksum.Available"/>).</exception>
    public static StrongHash Create(ChecksumKind kind) => kind switch
    {
        ChecksumKind.None => new NoHash(),
        ChecksumKind.Md4 => new Md4(),
        ChecksumKind.Md5 => new FrameworkHash(HashAlgorithmName.MD5),
        ChecksumKind.Sha1 => new FrameworkHash(HashAlgorithmName.SHA1),
        _ when !XxHash.IsAvailable => throw new NotSupportedException($"checksum {kind.WireName()} needs libxxhash 0.8 or newer"),
        ChecksumKind.XxHash64 => new XxStrongHash(XxHashKind.Hash64),
        ChecksumKind.Xxh3 => new XxStrongHash(XxHashKind.Xxh3),
        ChecksumKind.Xxh128 => new XxStrongHash(XxHashKind.Xxh128),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>Writes the digest as it goes over the wire to the first <see cref="DigestLength"/> bytes, and starts over.</summary>
    public abstract void Finish(Span<byte> digest);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The digest that is always one zero byte.</summary>
    private sealed class NoHash : StrongHash
    {
        public override int DigestLength => 1;

        public override void Append(ReadOnlySpan<byte> data)
        {
        }

        public override void Finish(Span<byte> digest) => digest[0] = 0;
    }

    private sealed class FrameworkHash(HashAlgorithmName name) : StrongHash
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public override int DigestLength => _hash.HashLengthInBytes;

        public override void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

        public override void Finish(Span<byte> digest) => _hash.GetHashAndReset(digest);

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class XxStrongHash(XxHashKind kind) : StrongHash
    {
        private readonly XxHashState _state = new(kind);

        public override int DigestLength => kind == XxHashKind.Xxh128 ? 16 : 8;

        public override void Append(ReadOnlySpan<byte> data) => _state.Append(data);

        public override void Finish(Span<byte> digest)
        {
            var hash = _state.Digest();
            BinaryPrimitives.WriteUInt64LittleEndian(digest, (ulong)hash);
            if (kind == XxHashKind.Xxh128)
                BinaryPrimitives.WriteUInt64LittleEndian(digest[8..], (ulong)(hash >> 64));
            _state.Reset();
        }

        protected override void Dispose(bool disposing)
        {
            _state.Dispose();
            base.Dispose(disposing);
        }
    }
}
