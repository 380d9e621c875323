using System.Text;

namespace ChangedFiles.Rsync.Options;

/// <summary>The words a client starts a server with: the same words, in the same order, as a stock client sends (docs/protocol.md 1.1-1.8).</summary>
internal sealed class ServerArguments
{
    private readonly TransferOptions _options;
    private readonly bool _push;
    private readonly IReadOnlyList<string> _letters;
    private readonly IReadOnlyList<string> _long;

    /// <param name="options">What is to be done.</param>
    /// <param name="report">What the client wants to hear of it.</param>
    /// <param name="push">True when the client sends.</param>
    /// <param name="remoteOptions">Further options for the server only (<c>-M</c>), passed on as they are.</param>
    public ServerArguments(TransferOptions options, ReportOptions report, bool push, IReadOnlyList<string>? remoteOptions = null)
    {
        _options = options;
        _push = push;
        var cluster = ServerLetters.For(options, report, push);
        _letters = push ? ["--server", cluster] : ["--server", "--sender", cluster];
        _long = [.. ServerLongOptions.For(options, report, push), .. remoteOptions ?? []];
    }

    /// <summary>True when all but the letters travel inside the connection, see <see cref="Secluded"/>.</summary>
    public bool IsSecluded => _options.Wire.SecludedArgs;

    /// <summary>The words that follow the remote rsync's name in a remote shell's command, quoted for that shell.</summary>
    /// <param name="paths">The destination of a push or the sources of a pull; an empty one is the start directory.</param>
    public IReadOnlyList<string> ForShell(IReadOnlyList<string> paths)
    {
        if (IsSecluded)
            return _letters;
        var old = _options.Wire.OldArgs;
        return
        [
            .. _letters,
            .. old > 1 ? _long : _long.Select(ShellQuoting.Option),
            ".",
            .. paths.Select(path => old > 0 ? NotAnOption(path) : KeepTilde(ShellQuoting.Path(NotAnOption(path)))),
        ];
    }

    /// <summary>The words for <c>rsync --server</c> started without a shell in between.</summary>
    /// <param name="paths">As for <see cref="ForShell"/>.</param>
    public IReadOnlyList<string> ForProcess(IReadOnlyList<string> paths) =>
        IsSecluded ? _letters : [.. _letters, .. _long, ".", .. paths.Select(NotAnOption)];

    /// <summary>The words for a daemon, without the empty one that closes them (docs/protocol.md 1.8).</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="paths">Each begins with the module's name.</param>
    public IReadOnlyList<string> ForDaemon(string module, IReadOnlyList<string> paths)
    {
        if (IsSecluded)
            return _letters;
        return
        [
            .. _letters,
            .. _options.Wire.OldArgs > 1 ? _long : _long.Select(ShellQuoting.Option),
            ".",
            .. paths.Select(path => InModule(path, module)),
        ];
    }

    /// <summary>The list that goes ahead of everything else on the connection when <see cref="IsSecluded"/> (docs/protocol.md 1.2).</summary>
    /// <param name="paths">As for the other lists.</param>
    /// <param name="module">The daemon's module; null for a shell.</param>
    public IReadOnlyList<string> Secluded(IReadOnlyList<string> paths, string? module = null) =>
        ["rsync", .. _long, ".", .. paths.Select(path => module is null ? NotAnOption(path) : InModule(path, module))];

    /// <summary>Words as they travel: each closed by a NUL, and one more NUL at the end. An empty word would end the list; it is sent as ".".</summary>
    public static byte[] Encode(IReadOnlyList<string> words)
    {
        var text = new StringBuilder();
        foreach (var word in words)
            text.Append(word.Length == 0 ? "." : word).Append('\0');
        return ArgumentText.Encode(text.Append('\0').ToString());
    }

    private static string NotAnOption(string path) => path.Length == 0 ? "." : path[0] == '-' ? "./" + path : path;

    /// <summary>A daemon splits an argument where the module's name comes again after a space.</summary>
    private static string InModule(string path, string module) =>
        path == module ? path + "/" : NotAnOption(path).Replace($" {module}/", $"[ ]{module}/", StringComparison.Ordinal);

    /// <summary>A pull of <c>~user</c> would let the server send another name than the one that was asked for.</summary>
    private string KeepTilde(string path) =>
        path[0] == '~' && !_push && !path.Contains('/') && !_options.Wire.TrustSender ? "\\" + path : path;
}
