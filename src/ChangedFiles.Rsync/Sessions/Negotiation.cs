using System.Text;
using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>The first binary bytes of a session, up to multiplexing (docs/protocol.md 2).</summary>
internal static class Negotiation
{
    private const int MaxNameList = 255;
    private const string None = "none";

    /// <summary>Row 1 of 2.1, over a remote shell: both sides say their protocol, the lower one is spoken.</summary>
    public static int ExchangeVersions(FrameReader reader, FrameWriter writer, int ours)
    {
        writer.WriteInt32(ours);
        writer.Flush();
        var theirs = reader.ReadInt32();
        if (theirs is < 20 or > 40)
            throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.Setup,
                $"protocol version mismatch -- is your shell clean?\n(the other side answered 0x{theirs:x8}: is its shell start-up quiet, and rsync installed there?)");
        return CheckProtocol(Math.Min(ours, theirs));
    }

    /// <summary>Refuses what this program does not speak.</summary>
    public static int CheckProtocol(int protocol) => protocol >= SessionTerms.MinProtocol
        ? protocol
        : throw new RsyncException(ExitCode.ProtocolIncompatibility, SessionStage.Setup,
            $"the other side speaks protocol {protocol}; at least {SessionTerms.MinProtocol} (rsync 3.0) is needed");

    /// <summary>The client's part of rows 2 to 5 of 2.1.</summary>
    /// <param name="checksumsSent">The names were already sent ahead (one-flight handshake).</param>
    public static SessionTerms AsClient(FrameReader reader, FrameWriter writer, int protocol, NegotiationWishes wishes, bool checksumsSent = false)
    {
        var flags = (CompatFlags)reader.ReadVarint();
        var negotiates = flags.HasFlag(CompatFlags.VarintFileListFlags);
        if (negotiates && !checksumsSent)
            SendChecksumNames(writer, wishes);
        if (negotiates && wishes.OffersCompression)
            writer.WriteVstring(Join(wishes.Compressions));
        writer.Flush();

        var (transfer, list) = wishes.Checksum ?? (ChecksumKind.Md5, ChecksumKind.Md5);
        if (negotiates && wishes.Checksum is null)
            transfer = list = Parse(Choose(wishes.Checksums, ReadNames(reader), "checksum"));
        var compression = wishes.Compression;
        if (wishes.OffersCompression)
            compression = negotiates ? Choose(wishes.Compressions, ReadNames(reader), "compression") : "zlib";
        return new SessionTerms
        {
            Protocol = protocol,
            Flags = flags,
            TransferChecksum = transfer,
            ListChecksum = list,
            Compression = compression == None ? null : compression,
            Seed = reader.ReadInt32(),
        };
    }

    /// <summary>The server's part of the same rows.</summary>
    /// <param name="flags">What the server decides, see <see cref="FlagsFor"/>.</param>
    public static SessionTerms AsServer(FrameReader reader, FrameWriter writer, int protocol, CompatFlags flags, NegotiationWishes wishes)
    {
        writer.WriteVarint((int)flags);
        var negotiates = flags.HasFlag(CompatFlags.VarintFileListFlags);
        if (negotiates && wishes.Checksum is null)
            writer.WriteVstring(Join([.. wishes.Checksums, None]));
        if (negotiates && wishes.OffersCompression)
            writer.WriteVstring(Join([.. wishes.Compressions, None]));
        writer.Flush();

        // The first of the client's names is right against old and new clients (2.4).
        var (transfer, list) = wishes.Checksum ?? (ChecksumKind.Md5, ChecksumKind.Md5);
        if (negotiates && wishes.Checksum is null)
            transfer = list = Parse(Choose(ReadNames(reader), [.. wishes.Checksums, None], "checksum"));
        var compression = wishes.Compression;
        if (wishes.OffersCompression)
            compression = negotiates ? Choose(ReadNames(reader), [.. wishes.Compressions, None], "compression") : "zlib";
        var seed = wishes.Seed != 0 ? wishes.Seed : Random.Shared.Next(1, int.MaxValue);
        writer.WriteInt32(seed);
        writer.Flush();
        return new SessionTerms
        {
            Protocol = protocol,
            Flags = flags,
            TransferChecksum = transfer,
            ListChecksum = list,
            Compression = compression == None ? null : compression,
            Seed = seed,
        };
    }

    /// <summary>What a server can grant a client of what its options and capability letters ask for (1.5, 2.2).</summary>
    public static CompatFlags FlagsFor(ServerRequest request)
    {
        CompatFlags If(char letter, CompatFlags flag) => request.Capabilities.Contains(letter) ? flag : CompatFlags.None;
        return CompatFlags.SymlinkTimes
            | (request.Options.AllowsIncrementalRecursion(receiving: !request.Sender) ? If('i', CompatFlags.IncrementalRecursion) : CompatFlags.None)
            | If('f', CompatFlags.SafeFileList)
            | If('x', CompatFlags.AvoidXattrShortcut)
            | If('C', CompatFlags.ChecksumSeedFix)
            | If('I', CompatFlags.InplacePartialDir)
            | If('v', CompatFlags.VarintFileListFlags)
            | If('u', CompatFlags.Id0Names);
    }

    /// <summary>Row 3: only when neither side has the choice made already.</summary>
    public static void SendChecksumNames(FrameWriter writer, NegotiationWishes wishes)
    {
        if (wishes.Checksum is null)
            writer.WriteVstring(Join(wishes.Checksums));
    }

    private static ChecksumKind Parse(string name) =>
        Checksum.TryParse(name, out var kind) ? kind : throw new InvalidOperationException($"{name} was offered but is unknown");

    /// <summary>The first of <paramref name="ours"/> that the other side has too.</summary>
    private static string Choose(IEnumerable<string> ours, IReadOnlyList<string> theirs, string what) =>
        ours.FirstOrDefault(theirs.Contains)
        ?? throw new RsyncException(ExitCode.Unsupported, SessionStage.Setup, $"no common {what} algorithm; the other side offers: {string.Join(' ', theirs)}");

    private static List<string> ReadNames(FrameReader reader) =>
        [.. Encoding.ASCII.GetString(reader.ReadVstring(MaxNameList, "length of a list of algorithms")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static byte[] Join(IEnumerable<string> names) => Encoding.ASCII.GetBytes(string.Join(' ', names));
}
