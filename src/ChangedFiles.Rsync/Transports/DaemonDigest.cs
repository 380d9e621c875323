using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Transports;

/// <summary>The digests of daemon authentication (docs/protocol.md 1.7).</summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The protocol names them; older daemons have no other.")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The protocol names them; older daemons have no other.")]
internal static class DaemonDigest
{
    private static readonly string[] Names = ["sha512", "sha256", "sha1", "md5"];

    /// <summary>What the greeting offers. The canonical order makes both sides choose the same.</summary>
    public static string Offer { get; } = string.Join(' ', Names);

    /// <summary>base64, unpadded, of H(password ‖ challenge) with the first digest both sides know; MD5 for a daemon that named none.</summary>
    public static string Respond(IReadOnlyList<string> theirs, byte[] password, string challenge)
    {
        var name = theirs.Count == 0 ? "md5" : Names.FirstOrDefault(theirs.Contains)
            ?? throw new RsyncException(ExitCode.StartClientServer, SessionStage.Setup,
                $"the daemon knows none of our authentication digests; it offers {string.Join(' ', theirs)}");
        byte[] input = [.. password, .. Encoding.ASCII.GetBytes(challenge)];
        var digest = name switch
        {
            "sha512" => SHA512.HashData(input),
            "sha256" => SHA256.HashData(input),
            "sha1" => SHA1.HashData(input),
            _ => MD5.HashData(input),
        };
        return Convert.ToBase64String(digest).TrimEnd('=');
    }
}
