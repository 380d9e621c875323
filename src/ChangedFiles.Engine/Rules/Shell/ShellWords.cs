using ChangedFiles.Engine.Rules.Substitutions;

namespace ChangedFiles.Engine.Rules.Shell;

/// <summary>Words of a command line that needs no shell: blanks, quotes, backslashes and substitutions, nothing that expands.</summary>
internal sealed class ShellWords
{
    /// <summary>What a shell would do more with than take it as text, when it stands unquoted.</summary>
    private const string ShellOnly = "$`|&;<>()*?[~#{}";

    private readonly List<Template> _words = [];
    private readonly List<int> _offsets = [];

    public IReadOnlyList<Template> Words => _words;

    /// <summary>Where each word begins.</summary>
    public IReadOnlyList<int> Offsets => _offsets;

    /// <summary>Why it is not such a line, and where; null when it is.</summary>
    public (int Offset, string Message)? Failure { get; private set; }

    /// <param name="text">The command line.</param>
    /// <param name="forShell">
    /// The text is meant for a shell: whatever a shell would expand or run is a failure. Otherwise (EXEC) such characters are text.
    /// </param>
    public static ShellWords Parse(string text, bool forShell)
    {
        var words = new ShellWords();
        for (var at = 0; words.Failure is null;)
        {
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            if (at == text.Length)
                break;
            words._offsets.Add(at);
            at = words.ReadWord(text, at, forShell);
        }
        return words;
    }

    private int ReadWord(string text, int at, bool forShell)
    {
        var word = new Template.Builder();
        var quote = '\0';
        var opened = at;
        for (; at < text.Length && (quote != '\0' || text[at] is not (' ' or '\t')); at++)
        {
            var c = text[at];
            if (SubstitutionText.TryRead(text, at, out var substitution, out var length))
            {
                word.Add(substitution);
                at += length - 1;
            }
            else if (c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '\'' or '"')
                (quote, opened) = (c, at);
            else if (c == '\\' && quote != '\'')
                at = ReadEscape(text, at, quote, word);
            else if (forShell && quote != '\'' && (quote == '"' ? c is '$' or '`' : ShellOnly.Contains(c)))
                Failure ??= (at, $"{c} needs a shell");
            else
                word.Add(c);
        }
        if (quote != '\0')
            Failure ??= (opened, "the quote is not closed");
        _words.Add(word.Build());
        return at;
    }

    private static int ReadEscape(string text, int at, char quote, Template.Builder word)
    {
        if (at + 1 == text.Length || quote == '"' && text[at + 1] is not ('$' or '`' or '"' or '\\'))
        {
            word.Add('\\');
            return at;
        }
        word.Add(text[at + 1]);
        return at + 1;
    }
}
