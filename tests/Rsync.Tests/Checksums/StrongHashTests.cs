using System.Text;
using ChangedFiles.Rsync.Checksums;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Checksums;

public sealed class StrongHashTests
{
    [Theory]
    [InlineData(nameof(ChecksumKind.Xxh128), "hello\n", "9ce4c8f135b4105a6df569e0c786ba6b")] // docs/protocol.md 12.1
    [InlineData(nameof(ChecksumKind.Xxh128), "second file\n", "7a1d39bd6f946a78e4f6482f1ebedbf4")]
    [InlineData(nameof(ChecksumKind.Md5), "abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData(nameof(ChecksumKind.Sha1), "abc", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData(nameof(ChecksumKind.XxHash64), "", "99e9d85137db46ef")]
    [InlineData(nameof(ChecksumKind.Xxh3), "", "c294d3380580062d")]
    [InlineData(nameof(ChecksumKind.Md4), "", "31d6cfe0d16ae931b73c59d7e0c089c0")] // RFC 1320, A.5
    [InlineData(nameof(ChecksumKind.Md4), "a", "bde52cb31de33e46245e05fbdbd6fb24")]
    [InlineData(nameof(ChecksumKind.Md4), "abc", "a448017aaf21d8525fc10ae87aa6729d")]
    [InlineData(nameof(ChecksumKind.Md4), "message digest", "d9130a8164549fe818874806e1c7014b")]
    [InlineData(nameof(ChecksumKind.Md4), "abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9")]
    [InlineData(nameof(ChecksumKind.Md4), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4")]
    [InlineData(
        nameof(ChecksumKind.Md4),
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "e33b4ddc9c38f2199c3e7b164fcc0536")]
    [InlineData(nameof(ChecksumKind.None), "anything", "00")]
    public void Known_digests(string kindName, string text, string digest)
    {
        var kind = Enum.Parse<ChecksumKind>(kindName);
        using var hash = StrongHash.Create(kind);
        hash.Append(Encoding.ASCII.GetBytes(text));
        Assert.Equal(digest, Finish(hash));
    }

    [Theory]
    [InlineData(nameof(ChecksumKind.Md4))]
    [InlineData(nameof(ChecksumKind.Md5))]
    [InlineData(nameof(ChecksumKind.Sha1))]
    [InlineData(nameof(ChecksumKind.XxHash64))]
    [InlineData(nameof(ChecksumKind.Xxh3))]
    [InlineData(nameof(ChecksumKind.Xxh128))]
    public void Pieces_make_the_same_digest_as_the_whole_and_the_hash_starts_over_after_it(string kindName)
    {
        var kind = Enum.Parse<ChecksumKind>(kindName);
        var random = Randoms.New();
        using var whole = StrongHash.Create(kind);
        using var pieces = StrongHash.Create(kind);
        for (var length = 0; length < 300; length += 7)
        {
            var data = random.Bytes(length);
            whole.Append(data);
            for (var at = 0; at < length;)
            {
                var part = random.Next(1, Math.Min(length - at, 130) + 1);
                pieces.Append(data.AsSpan(at, part));
                at += part;
            }
            Assert.Equal(Finish(whole), Finish(pieces));
        }
    }

    private static string Finish(StrongHash hash)
    {
        var digest = new byte[hash.DigestLength];
        hash.Finish(digest);
        return Convert.ToHexStringLower(digest);
    }
}
