using System.Security.Cryptography;
using ChangedFiles.TestKit;

namespace ChangedFiles.Rsync.Tests;

/// <summary>Random input that can be made again.</summary>
internal static class Randoms
{
    public static Random New() => new(TestSeed.Next());

    public static byte[] Bytes(this Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The framework's MD5, as a judge of digests.</summary>
    public static byte[] Md5(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(data);
        return hash.GetHashAndReset();
    }
}
