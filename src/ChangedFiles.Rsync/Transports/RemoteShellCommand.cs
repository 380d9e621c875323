using System.Text;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Rsync.Transports;

/// <summary>The words of the local command that starts the other side through a remote shell (docs/protocol.md 1.1, 1.9).</summary>
internal static class RemoteShellCommand
{
    /// <summary>The shell where neither <c>-e</c> nor <c>RSYNC_RSH</c> names one.</summary>
    public const string DefaultShell = "ssh";

    /// <summary>The whole command.</summary>
    /// <param name="rsh">The shell with its options, as <c>-e</c> has it; null is <see cref="DefaultShell"/>.</param>
    /// <param name="rsyncPath">The remote program.</param>
    /// <param name="ipVersion">4 or 6 for ssh; 0 for either.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="serverWords">From <see cref="Options.ServerArguments"/>; for a daemon behind a shell they travel later.</param>
    public static List<string> Words(string? rsh, string rsyncPath, int ipVersion, Location remote, IReadOnlyList<string> serverWords)
    {
        var words = Split(rsh ?? DefaultShell);
        var isSsh = words.Count > 0 && Path.GetFileName(words[0]) == DefaultShell;
        if (remote.User is { } user && !(remote.Kind == LocationKind.Daemon && words.Contains("-l")))
            words.AddRange(["-l", user]);
        if (isSsh && ipVersion != 0)
            words.Add($"-{ipVersion}");
        words.Add(remote.Host);
        words.Add(rsyncPath);
        words.AddRange(remote.Kind == LocationKind.Daemon ? ["--server", "--daemon", "."] : serverWords);
        return words;
    }

    /// <summary>Splits at spaces; a quoted part is one word or part of one, and a doubled quote inside stands for itself.</summary>
    /// <exception cref="RsyncException">A quote is not closed.</exception>
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
