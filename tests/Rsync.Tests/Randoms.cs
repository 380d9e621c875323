using System.Security.Cryptography;
using Xunit;

namespace ChangedFiles.Rsync.Tests;

/// <summary>Random input that can be made again: the seed is printed, and <c>CHANGEDFILES_TEST_SEED</c> sets it.</summary>
internal static class Randoms
{
    public static Random New()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CHANGEDFILES_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"CHANGEDFILES_TEST_SEED={seed}");
        return new Random(seed);
    }

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
