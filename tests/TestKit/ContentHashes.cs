using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>SHA-256 of the regular files of a tree.</summary>
internal static class ContentHashes
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static IEnumerable<(string Path, string Hash)> Of(string directory, IEnumerable<TreeEntry> entries)
    {
        var unnameable = new List<byte>();
        foreach (var entry in entries.Where(entry => entry.Type == 'f'))
        {
            var name = Encoding.Latin1.GetBytes(entry.Path);
            if (TryDecode(name) is { } text)
                yield return (entry.Path, OfFile(Path.Combine(directory, text)));
            else
                unnameable.AddRange([.. "./"u8, .. name, 0]);
        }
        foreach (var pair in OfUnnameable(directory, unnameable))
            yield return pair;
    }

    private static string OfFile(string path)
    {
        const int BufferSize = 128 * 1024;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var file = File.OpenHandle(path);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long offset = 0;
            for (int read; (read = RandomAccess.Read(file, buffer, offset)) > 0; offset += read)
                hash.AppendData(buffer, 0, read);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.GetType().Name;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The framework opens files by text; names that are not UTF-8 go through sha256sum(1): "HASH *./NAME\0".
    private static IEnumerable<(string Path, string Hash)> OfUnnameable(string directory, List<byte> names)
    {
        if (names.Count == 0)
            return [];
        var sums = Command.Run(new("xargs", ["-0", "sha256sum", "-z", "--"]) { WorkingDirectory = directory }, names.ToArray());
        return TreeSnapshot.Fields(sums.OutputBytes).Select(line => (line[68..], line[..64]));
    }

    private static string? TryDecode(byte[] name)
    {
        try
        {
            return StrictUtf8.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
