using System.Text;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary>The words of the local command that starts the other side through a remote shell (docs/protocol.md 1.1, 1.9).</summary>
internal static class RemoteShellCommand
{
    /// <summary>The shell where neither <c>-e</c> nor <c>RSYNC_RSH</c> names one.</summary>
    public const string DefaultShell = "ssh";

    /// <summary>The whole command.</summary>
    /// <param name="connection">The shell and the remote program.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="serverWords">From <see cref="ChangedFiles.Rsync.Options.ServerArguments"/>; for a daemon behind a shell they travel later.</param>
    public static List<string> Words(ConnectionOptions connection, Location remote, IReadOnlyList<string> serverWords)
    {
        var words = Split(connection.Rsh ?? DefaultShell);
        var isSsh = words.Count > 0 && Path.GetFileName(words[0]) == DefaultShell;
        if (remote.User is { } user && !(remote.Kind == LocationKind.Daemon && words.Contains("-l")))
            words.AddRange(["-l", user]);
        if (isSsh && connection.IPVersion != 0)
            words.Add($"-{connection.IPVersion}");
        words.Add(remote.Host);
        words.Add(connection.RsyncPath);
        words.AddRange(remote.Kind == LocationKind.Daemon ? ["--server", "--daemon", "."] : serverWords);
        return words;
    }

    /// <summary>Splits at spaces; a quoted part is one word or part of one, and a doubled quote inside stands for itself.</summary>
    /// <exception cref="ChangedFiles.Rsync.RsyncException">A quote is not closed.</exception>
    public static List<string> Split(string command)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (quote != '\0' && c == quote)
            {
                if (i + 1 < command.Length && command[i + 1] == quote)
                    word!.Append(command[++i]);
                else
                    quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
                word ??= new StringBuilder();
            }
            else if (quote == '\0' && c == ' ')
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
                (word ??= new StringBuilder()).Append(c);
        }
        if (quote != '\0')
            throw Usage.Syntax($"Missing trailing-{quote} in remote-shell command.");
        if (word is not null)
            words.Add(word.ToString());
        return words;
    }
}
