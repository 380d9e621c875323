using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>The names of <c>--files-from</c>: read from a file, and passed on to the side that sends (docs/protocol.md 5.4).</summary>
internal static class FilesFromNames
{
    /// <summary>Most names taken from a peer.</summary>
    public const int MaxNames = 1 << 28;

    /// <summary>The names that a client reads on this machine; null when it reads none.</summary>
    public static IEnumerable<byte[]>? OfClient(SelectionOptions options) =>
        options.FilesFrom is { Remote: false } from ? Open(from.Path, options.From0, options.Paths) : null;

    /// <summary>Opens a file of names on this machine.</summary>
    /// <param name="path">In the form of <see cref="ArgumentText"/>; "-" is standard input.</param>
    /// <param name="nulDelimited">As for <see cref="Read"/>.</param>
    /// <param name="paths">How <paramref name="path"/> is followed.</param>
    /// <exception cref="RsyncException">It cannot be opened (<see cref="ExitCode.SyntaxOrUsage"/>).</exception>
    public static IEnumerable<byte[]> Open(string path, bool nulDelimited, OperatorPaths paths)
    {
        try
        {
            return Read(path == "-" ? Console.OpenStandardInput() : OperatorFiles.OpenToRead(paths, path), nulDelimited);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var reason = ErrnoText.Reason(failure);
            throw new RsyncException(
                ExitCode.SyntaxOrUsage, SessionStage.Setup, $"failed to open files-from file {path}: {reason[..reason.LastIndexOf(" (", StringComparison.Ordinal)]}", failure)
            {
                Who = "client",
            };
        }
    }

    /// <summary>Names in a file, as they stand in it, one after the other.</summary>
    /// <param name="input">The file; read to its end, and disposed of.</param>
    /// <param name="nulDelimited">Names end in NUL (<c>-0</c>); otherwise in a line end, and lines that begin with '#' or ';' are comments.</param>
    public static IEnumerable<byte[]> Read(Stream input, bool nulDelimited)
    {
        using var buffered = new BufferedStream(input, 64 << 10);
        var name = new List<byte>(256);
        while (true)
        {
            var next = ReadByte(buffered);
            var ends = next < 0 || (nulDelimited ? next == 0 : next is '\n' or '\r' or 0);
            if (!ends && name.Count <= TreePath.MaxLength)
                name.Add((byte)next);
            if (!ends)
                continue;
            if (name.Count > 0 && (nulDelimited || name[0] is not ((byte)'#' or (byte)';')))
                yield return Clean([.. name]);
            name.Clear();
            if (next < 0)
                yield break;
        }
    }

    private static int ReadByte(BufferedStream input)
    {
        try
        {
            return input.ReadByte();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RsyncException(ExitCode.ProtocolStream, SessionStage.FileList, $"safe_read failed to read 1 bytes: {ErrnoText.Reason(failure)}", failure);
        }
    }

    /// <summary>Names that the peer sends.</summary>
    internal static IEnumerable<byte[]> FromPeer(Session session)
    {
        var reader = session.Reader;
        // Protocol 30 sends them between the frames (5.4).
        var isRaw = session.Terms.Protocol < 31;
        if (isRaw)
            reader.StopMultiplexing();
        var name = new List<byte>(256);
        for (var count = 0; count < MaxNames; count++)
        {
            for (byte next; (next = reader.ReadByte()) != 0;)
            {
                if (name.Count > TreePath.MaxLength)
                    throw reader.Bad($"a name of files-from has more than {TreePath.MaxLength} bytes");
                name.Add(next);
            }
            if (name.Count == 0)
                break;
            yield return Clean([.. name]);
            name.Clear();
        }
        if (isRaw)
            reader.StartMultiplexing();
    }

    /// <summary>Sends the names to the side that has the files.</summary>
    internal static void Send(Session session, IEnumerable<byte[]> names)
    {
        var writer = session.Writer;
        var isRaw = session.Terms.Protocol < 31;
        if (isRaw)
            writer.StopMultiplexing();
        foreach (var name in names)
        {
            writer.Write(name);
            writer.WriteByte(0);
        }
        writer.WriteByte(0);
        writer.Flush();
        if (isRaw)
            writer.StartMultiplexing();
    }

    /// <summary>Every name is below the directory of the transfer: neither from the top nor above.</summary>
    private static byte[] Clean(byte[] name)
    {
        var parts = new List<byte[]>();
        foreach (var part in new PathParts(name))
        {
            if (part.SequenceEqual(".."u8) && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (!part.IsEmpty && !part.SequenceEqual(".."u8))
                parts.Add(part.ToArray());
        }
        if (name.Length > 0 && name[^1] == '/' && parts.Count > 0)
            parts.Add([]);
        return parts.Count == 0 ? [(byte)'.'] : parts.Aggregate((all, part) => [.. all, (byte)'/', .. part]);
    }
}
