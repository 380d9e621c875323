using System.Text.RegularExpressions;

namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>What is wrong with a regex, and where in it.</summary>
internal sealed record PatternError(int Offset, int Length, string Message, string? Hint = null);

/// <summary>
/// A regex over absolute paths that takes time linear in the path, whatever the two are. Most rules are literals with <c>.*</c>
/// between and need no automaton at all; for the others it is built at the first path whose literal parts fit
/// (a built automaton costs up to a megabyte, and a file may hold thousands of rules).
/// </summary>
internal sealed class PathPattern
{
    /// <summary>Longest regex, in characters; keeps the automaton below the size that .NET accepts.</summary>
    public const int MaxLength = 2000;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    private readonly Lazy<Regex>? _regex;

    private PathPattern(string text, LiteralShape[] shapes, Lazy<Regex>? regex)
    {
        Text = text;
        Shapes = shapes;
        _regex = regex;
    }

    /// <summary>The regex as it was written.</summary>
    public string Text { get; }

    /// <summary>One for each alternative; a path that fits none of them does not match.</summary>
    public IReadOnlyList<LiteralShape> Shapes { get; }

    /// <summary>The literal that every matching path begins with; empty when there is none.</summary>
    public ReadOnlySpan<byte> LiteralPrefix => Shapes is [{ IsAnchored: true } only] ? only.Prefix : [];

    /// <summary>True when the regex is ^ and a literal, perhaps with .* behind: everything that begins so.</summary>
    public bool IsPlainPrefix => Shapes is [{ IsAnchored: true, IsExact: true, IsWhole: false, Middle: [], Suffix: [] }];

    public bool IsMatch(ref PathView path)
    {
        foreach (var shape in Shapes)
        {
            if (shape.IsMatch(path.Bytes) && (shape.IsExact || _regex!.Value.IsMatch(path.Text)))
                return true;
        }
        return false;
    }

    public bool IsMatch(ReadOnlySpan<byte> path)
    {
        var view = new PathView(path);
        var matches = IsMatch(ref view);
        view.Dispose();
        return matches;
    }

    /// <summary>True when every path that matches <paramref name="other"/> surely matches this. False may mean "not known".</summary>
    public bool Covers(PathPattern other) =>
        other.Text == Text || other.Shapes.All(theirs => Shapes.Any(mine => mine.Covers(theirs)));

    /// <summary>True when surely no path matches both.</summary>
    public bool Contradicts(PathPattern other) => other.Shapes.All(theirs => Shapes.All(mine => mine.Contradicts(theirs)));

    public static PathPattern? TryParse(string text, out PatternError? error)
    {
        error = null;
        if (text.Length > MaxLength)
        {
            error = new PatternError(MaxLength, 1, $"the regex is longer than {MaxLength} characters", "split the rule in two");
            return null;
        }
        var parser = PatternParser.Parse(text);
        var shapes = parser.IsOpaque ? [Piece.ShapeOf([Piece.Gap])] : parser.Alternatives.Select(Piece.ShapeOf).ToArray();
        if (shapes.All(s => s.IsExact))
            return new PathPattern(text, shapes, regex: null);
        error = FindError(parser);
        return error is null ? new PathPattern(text, shapes, new Lazy<Regex>(() => new Regex(parser.Translated, Options))) : null;
    }

    private static PatternError? FindError(PatternParser parser)
    {
        const string LinearOnly = "the engine takes linear time and has no ";
        try
        {
            // Syntax is judged by the cheap engine; the linear one is built here only if it may refuse.
            _ = new Regex(parser.Translated, Options & ~RegexOptions.NonBacktracking);
            if (parser.Unsupported is { } unsupported)
                return new PatternError(unsupported.Offset, unsupported.Length, $"the regex uses {unsupported.What}",
                    LinearOnly + "lookaround, back-reference, atomic or conditional group: say it with RULE and IGNORE");
            if (parser.HasCounts || parser.IsOpaque)
                _ = new Regex(parser.Translated, Options);
            return null;
        }
        catch (RegexParseException e)
        {
            var offset = parser.Origin(Math.Max(0, e.Offset - 1));
            return new PatternError(offset, 1, "the regex is not valid: " + Reason(e.Message));
        }
        catch (NotSupportedException)
        {
            return parser.Unsupported is { } u
                ? new PatternError(u.Offset, u.Length, $"the regex uses {u.What}", LinearOnly + u.What)
                : new PatternError(0, parser.Translated.Length, "the regex is too large for an automaton", "use smaller repeat counts");
        }
    }

    // "Invalid pattern 'x' at offset 3. Nested quantifier '+'." -> "nested quantifier '+'"
    private static string Reason(string message)
    {
        var at = message.IndexOf("at offset ", StringComparison.Ordinal);
        var dot = at < 0 ? -1 : message.IndexOf(". ", at, StringComparison.Ordinal);
        var reason = dot < 0 ? message : message[(dot + 2)..];
        return char.ToLowerInvariant(reason[0]) + reason[1..].TrimEnd('.');
    }
}
