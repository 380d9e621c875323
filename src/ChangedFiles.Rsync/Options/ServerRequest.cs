using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Rsync.Options;

/// <summary>What a client asks a server to do: its words, understood (docs/protocol.md 1.1-1.8).</summary>
internal sealed record ServerRequest
{
    /// <summary>What is to be done. Options of the other side only, such as <c>--delete</c> of a pulling client, are not in it.</summary>
    public required TransferOptions Options { get; init; }

    /// <summary>What the client wants to hear.</summary>
    public required ReportOptions Report { get; init; }

    /// <summary>This server sends; otherwise it receives.</summary>
    public bool Sender { get; init; }

    /// <summary>The capability letters (docs/protocol.md 1.5), without the version field; "" from a client that sent none.</summary>
    public string Capabilities { get; init; } = "";

    /// <summary>A pre-release client's "PROTOCOL.SUB"; "" from a released one.</summary>
    public string PreRelease { get; init; } = "";

    /// <summary>The client's letters had <c>s</c>: the rest of the words comes first on the connection, and is to be parsed with these.</summary>
    public bool SecludedArgsFollow { get; init; }

    /// <summary>The directory word (".") is taken away: the destination, or the sources.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Reads the words of a command line or of a daemon's client.</summary>
    /// <param name="words">Without the program's name; with secluded args the first words and then those of the list without its first.</param>
    /// <param name="refuse">Asked for each option's long name and letter; true makes it an error. Null refuses none.</param>
    /// <exception cref="RsyncException">A word that is not understood, or options that exclude each other; with stock's exit code.</exception>
    public static ServerRequest Parse(IReadOnlyList<string> words, Func<string, char, bool>? refuse = null)
    {
        var table = ServerTable.Create();
        var draft = new ServerDraft { IsServer = true };
        var paths = OptionReader.Read(words, refuse is null ? table : table.Refusing(refuse), draft);
        return draft.FinishRequest(paths);
    }
}
