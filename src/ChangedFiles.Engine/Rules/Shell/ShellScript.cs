using System.Text;
using System.Text.RegularExpressions;
using ChangedFiles.Engine.Rules.Substitutions;

namespace ChangedFiles.Engine.Rules.Shell;

/// <summary>Something to say about a place in a shell line.</summary>
internal sealed record ShellRemark(bool IsError, int Offset, int Length, string Message, string? Hint = null);

/// <summary>
/// A shell line made safe: each substitution has become the expansion of an environment variable, in the quotes that its place
/// needs. So a name reaches the shell only as a value, never as text to be parsed; the line itself is the same for every event.
/// </summary>
internal sealed partial class ShellScript
{
    private readonly bool _batchArguments;
    private readonly ShellLevel _level = new();
    private readonly List<(int Start, int Length, string Text)> _edits = [];
    private readonly List<ShellVariable> _variables = [];
    private readonly List<ShellRemark> _remarks = [];

    private ShellScript(string source, bool batchArguments)
    {
        Source = source;
        _batchArguments = batchArguments;
    }

    /// <summary>The line as it was written.</summary>
    public string Source { get; }

    /// <summary>What <c>/bin/sh -c</c> gets.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What it needs in its environment besides the plain values (<see cref="SubstitutionText.Variable"/>).</summary>
    public IReadOnlyList<ShellVariable> Variables => _variables;

    public IReadOnlyList<ShellRemark> Remarks => _remarks;

    /// <summary>Every substitution that stands in the line.</summary>
    public HashSet<Substitution> Used { get; } = [];

    /// <param name="source">The line as it was written.</param>
    /// <param name="batchArguments">One run gets many names as arguments: <c>_FILE_</c> is all of them, a word of its own.</param>
    public static ShellScript Parse(string source, bool batchArguments = false)
    {
        var script = new ShellScript(source, batchArguments);
        script.Scan();
        return script;
    }

    // The two idioms for which a shell of 2001 needed a process: `dirname _FILE_` and `basename _FILE_ .jpg`. As values they also
    // survive what command substitution would lose (newlines at the end) and can be quoted for a second shell.
    [GeneratedRegex("""
        \G (?: (?<open>`) | \$\( ) \s* (?:/usr/bin/|/bin/)?
        (?: (?<dirname>dirname)\s+(?<q>"?)_(?:NEW_)?FILE_\k<q>
          | basename\s+(?<q>"?)_(?:NEW_)?FILE_\k<q> (?: \s+(?<suffix>[A-Za-z0-9._-]+) )? )
        \s* (?(open)`|\))
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Idiom();

    private void Scan()
    {
        for (var at = 0; at < Source.Length;)
        {
            if (_level.IsEscaped)
                _level.Feed(Source[at], at++);
            else if (TryIdiom(at, out var length) || TryPlain(at, out length))
                at += length;
            else
                _level.Feed(Source[at], at++);
        }
        _level.Finish();
        if (_level.Error is { } error)
            _remarks.Add(new ShellRemark(true, _level.ErrorAt, 1, $"what opens here {error}"));
        foreach (var (start, end) in _level.OneWord)
        {
            _edits.Add((start, 0, "\""));
            _edits.Add((end, 0, "\""));
        }
        Text = Apply();
    }

    private bool TryPlain(int at, out int length) =>
        SubstitutionText.TryRead(Source, at, out var substitution, out length) && Place(at, length, substitution, "");

    private bool TryIdiom(int at, out int length)
    {
        length = 0;
        if (Source[at] is not ('`' or '$') || _level.InSingleQuotes && _level.Role != WordRole.ShellText)
            return false;
        var match = Idiom().Match(Source, at);
        length = match.Length;
        var substitution = match.Groups["dirname"].Success ? Substitution.DIRNAME : Substitution.BASENAME;
        return match.Success && Place(at, length, substitution, match.Groups["suffix"].Value);
    }

    private bool Place(int at, int length, Substitution substitution, string suffix)
    {
        var placement = _level.Place(at);
        if (placement.IsComment)
            return true;
        Used.Add(substitution);
        var spelled = Source.Substring(at, length);
        if (placement.Error is { } error)
            Remark(isError: true, $"{spelled} {error}", "put the commands into a script that gets the name as an argument");
        else if (placement.Warning is { } warning)
            Remark(isError: false, $"{spelled} {warning}", $"take {substitution.Variable()} from the environment");

        if (_batchArguments && substitution is Substitution.FILE or Substitution.NEW_FILE)
            PlaceAll(at, length, placement);
        else
            _edits.Add((at, length, Expansion(placement, VariableFor(substitution, suffix, placement))));
        return true;

        void Remark(bool isError, string message, string hint) => _remarks.Add(new ShellRemark(isError, at, length, message, hint));
    }

    private void PlaceAll(int at, int length, Placement placement)
    {
        var end = at + length;
        var ownWord = placement is { Quoting: Quoting.None, Readers: [], StartsWord: true }
            && (end == Source.Length || " \t;|&<>)".Contains(Source[end]));
        if (!ownWord)
            _remarks.Add(new ShellRemark(true, at, length, "with BATCH args the names must be a word of their own, without quotes"));
        _edits.Add((at, length, "\"$@\""));
    }

    private string VariableFor(Substitution substitution, string suffix, Placement placement)
    {
        var needsDash = placement.StartsWord && substitution is Substitution.BASENAME or Substitution.RELATIVE;
        if (placement.Readers.Count == 0 && suffix.Length == 0 && !needsDash)
            return substitution.Variable();
        var variable = new ShellVariable($"CHANGEDFILES_V{_variables.Count + 1}", substitution, placement.Readers)
        {
            Suffix = suffix,
            StartsWord = placement.StartsWord && needsDash,
        };
        _variables.Add(variable);
        return variable.Name;
    }

    private static string Expansion(Placement placement, string variable) => placement.Quoting switch
    {
        Quoting.None => $"\"${{{variable}}}\"",
        Quoting.Single => $"'\"${{{variable}}}\"'",
        _ => $"${{{variable}}}",
    };

    private string Apply()
    {
        var text = new StringBuilder();
        var done = 0;
        // A quote that closes before a substitution comes before it: insertions first.
        foreach (var (start, length, edit) in _edits.OrderBy(e => e.Start).ThenBy(e => e.Length))
        {
            text.Append(Source, done, start - done).Append(edit);
            done = start + length;
        }
        return text.Append(Source, done, Source.Length - done).ToString();
    }
}
