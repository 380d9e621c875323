using System.Buffers.Binary;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>
/// What the peer says beside the data (docs/protocol.md 3.2): texts for people, errors of single files, its last words.
/// Lives on the reading thread.
/// </summary>
internal sealed class PeerMessages
{
    /// <summary>Error texts kept for the outcome; further ones are only counted and reported.</summary>
    public const int MaxKeptErrors = 100;

    private const int MaxTimeoutSeconds = 86400;
    private const int IoErrorBits = 7;

    private readonly List<string> _errors = [];

    /// <summary>Called for each line of text: what kind it is, and the line in the form of <see cref="ArgumentText"/>, not yet safe to print.</summary>
    public Action<MessageCode, string>? OnText { get; set; }

    /// <summary>Called with the path of something the peer deleted.</summary>
    public Action<ReadOnlyMemory<byte>, bool>? OnDeleted { get; set; }

    /// <summary>Called with an item that is safely in place (13.4).</summary>
    public Action<PlacedItem>? OnSuccess { get; set; }

    /// <summary>Called with the index of a file that the sender cannot give.</summary>
    public Action<int>? OnNoSend { get; set; }

    /// <summary>Called with the seconds a daemon wants silence to be limited to.</summary>
    public Action<int>? OnTimeout { get; set; }

    /// <summary>Error lines of the peer, the first <see cref="MaxKeptErrors"/>.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>How many error lines came in all.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>The peer's accumulated error bits (11.3).</summary>
    public int IoError { get; set; }

    /// <summary>True when the peer reported that something was not transferred (exit code 23).</summary>
    public bool TransferError { get; private set; }

    internal void Handle(MessageCode code, ReadOnlySpan<byte> payload)
    {
        switch (code)
        {
            case MessageCode.ErrorXfer or MessageCode.Error or MessageCode.Warning or MessageCode.Info:
                TransferError |= code == MessageCode.ErrorXfer;
                TakeText(code, payload);
                break;
            case MessageCode.IoError:
                IoError |= Number(payload) & IoErrorBits;
                break;
            case MessageCode.IoTimeout:
                if (Number(payload) is > 0 and <= MaxTimeoutSeconds and var seconds)
                    OnTimeout?.Invoke(seconds);
                break;
            case MessageCode.Deleted:
                var isDirectory = payload.EndsWith("\0"u8);
                OnDeleted?.Invoke((isDirectory ? payload[..^1] : payload).ToArray(), isDirectory);
                break;
            case MessageCode.Success:
                OnSuccess?.Invoke(PlacedItem.Read(payload));
                break;
            case MessageCode.NoSend:
                OnNoSend?.Invoke(Number(payload));
                break;
            case MessageCode.ErrorExit:
                throw PeerGaveUp(payload.IsEmpty ? ExitCode.ProtocolStream : (ExitCode)Number(payload));
        }
    }

    /// <summary>The peer ended the session itself; its own words are the best explanation there is.</summary>
    internal RsyncException PeerGaveUp(ExitCode code) =>
        new(code, SessionStage.Transfer, LastWords() ?? $"the peer gave up (code {(int)code})") { FromPeer = true };

    /// <summary>What the peer complained about, without its closing "rsync error: …" line; null when it said nothing.</summary>
    internal string? LastWords()
    {
        var words = _errors.Where(line => !line.StartsWith("rsync error:", StringComparison.Ordinal)).TakeLast(3).ToList();
        return words.Count == 0 ? null : string.Join("; ", words);
    }

    /// <summary>A message is one line; what looks like the end of another one inside is part of a name.</summary>
    private void TakeText(MessageCode code, ReadOnlySpan<byte> payload)
    {
        var line = payload.TrimEnd((byte)'\n');
        if (line.IsEmpty)
            return;
        OnText?.Invoke(code, ArgumentText.Decode(line));
        if (code is MessageCode.Info or MessageCode.Warning)
            return;
        ErrorCount++;
        if (_errors.Count < MaxKeptErrors)
            _errors.Add(TreePath.Printable(line));
    }

    private static int Number(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadInt32LittleEndian(payload);
}
