using System.Text;

namespace ChangedFiles.Rsync.Options;

/// <summary>What brings a word through a shell unchanged: backslashes for the remote one (docs/protocol.md 1.1), quotes for what people read.</summary>
internal static class ShellQuoting
{
    private const string Special = "!#$&;|<>(){}\"'` \t\n\r\\";
    private const string Wildcards = "*?[]";

    /// <summary>A word in single quotes: nothing in it means anything to a shell.</summary>
    public static string InQuotes(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>An option word: nothing in it is for the shell.</summary>
    public static string Option(string word)
    {
        var quoted = new StringBuilder(word.Length + 8);
        foreach (var c in word)
        {
            if (Special.Contains(c) || Wildcards.Contains(c))
                quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.ToString();
    }

    /// <summary>A path: the shell may expand its wildcards, and a backslash before a wildcard keeps its meaning.</summary>
    public static string Path(string path)
    {
        var quoted = new StringBuilder(path.Length + 8);
        for (var i = 0; i < path.Length; i++)
        {
            var escapesWildcard = path[i] == '\\' && i + 1 < path.Length && Wildcards.Contains(path[i + 1]);
            if (Special.Contains(path[i]) && !escapesWildcard)
                quoted.Append('\\');
            quoted.Append(path[i]);
        }
        return quoted.ToString();
    }
}
