using System.Text;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Import;

/// <summary>Rules made from another program's configuration, and what of it they do not say.</summary>
/// <param name="Text">A rule file; what was left out stands in it as comments, too.</param>
/// <param name="LeftOut">One line each, with the place in the original.</param>
public sealed record ImportedRules(string Text, IReadOnlyList<string> LeftOut)
{
    /// <summary>Collects the text of the new rule file.</summary>
    internal sealed class Builder(string file)
    {
        private readonly StringBuilder _text = new($"# From {file}\n");
        private readonly List<string> _leftOut = [];

        public void Add(string line) => _text.Append(line).Append('\n');

        public void LeaveOut(int line, string what)
        {
            var note = $"{file}:{line}: {what}";
            _leftOut.Add(note);
            _text.Append($"# not carried over: {note.ReplaceLineEndings(" ")}\n");
        }

        public ImportedRules Build() => new(_text.ToString(), _leftOut);
    }

    /// <summary>A literal as a regex that matches just it.</summary>
    internal static string Escape(string literal)
    {
        var regex = new StringBuilder();
        foreach (var c in literal)
            regex.Append(@"\.*+?()[]{}|^$".Contains(c) ? @"\" : "").Append(c);
        return regex.ToString();
    }

    /// <summary>A word in the quotes that keep it one word.</summary>
    internal static string Quote(string word)
    {
        var plain = word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+,:=@%*?".Contains(c));
        return plain ? word : ShellQuoting.InQuotes(word);
    }
}
