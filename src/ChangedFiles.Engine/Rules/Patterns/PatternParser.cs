using System.Buffers;
using System.Globalization;
using System.Text;

namespace ChangedFiles.Engine.Rules.Patterns;

/// <summary>
/// Reads a regex once, left to right, to (1) write it as .NET wants it, where POSIX and habit differ, (2) find what the linear
/// engine refuses, with its place, and (3) extract the literal parts of each alternative. It need not judge the syntax: .NET does.
/// </summary>
internal sealed class PatternParser
{
    /// <summary>Alternatives of groups are multiplied out up to this number; beyond it a group is just a gap.</summary>
    private const int MaxAlternatives = 16;
    private const int MaxDepth = 100;
    private static readonly SearchValues<char> CountCharacters = SearchValues.Create("0123456789,");

    private readonly string _pattern;
    private readonly StringBuilder _translated = new();
    private readonly List<int> _origins = [];
    private int _at;
    private int _depth;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <summary>The regex for .NET, with RegexOptions.Singleline: <c>$</c> is the very end, also after a newline.</summary>
    public string Translated => _translated.ToString();

    public List<List<Piece>> Alternatives { get; private set; } = [];

    /// <summary>What the linear-time engine cannot do, or null.</summary>
    public (int Offset, int Length, string What)? Unsupported { get; private set; }

    /// <summary>Inline options change what literals mean: then no literal counts.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>Counted repeats can make the automaton too large, which only building it tells.</summary>
    public bool HasCounts { get; private set; }

    public static PatternParser Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        parser.Alternatives = parser.ParseAlternatives();
        while (parser._at < pattern.Length)
        {
            parser.Take(1);
            parser.IsOpaque = true;
        }
        return parser;
    }

    /// <summary>Where in the given pattern a place of <see cref="Translated"/> came from.</summary>
    public int Origin(int translatedOffset) =>
        translatedOffset < _origins.Count ? _origins[translatedOffset] : _pattern.Length;

    private List<List<Piece>> ParseAlternatives()
    {
        var all = ParseSequence();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            Take(1);
            all.AddRange(ParseSequence());
        }
        return all.Count <= MaxAlternatives ? all : [[Piece.Gap]];
    }

    private List<List<Piece>> ParseSequence()
    {
        List<List<Piece>> sequences = [[]];
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var atom = ParseAtom();
            if (TakeQuantifier(out var star))
                atom = [[star && atom is [[{ Kind: PieceKind.AnyCharacter }]] ? Piece.AnyRun : Piece.Gap]];
            if (sequences.Count * atom.Count > MaxAlternatives)
                atom = [[Piece.Gap]];
            sequences = atom.Count == 1
                ? sequences.ConvertAll(s => { s.AddRange(atom[0]); return s; })
                : [.. sequences.SelectMany(s => atom.Select(a => (List<Piece>)[.. s, .. a]))];
        }
        return sequences;
    }

    private List<List<Piece>> ParseAtom()
    {
        switch (_pattern[_at])
        {
            case '(':
                return ParseGroup();
            case '[':
                TakeBracket();
                return [[Piece.Gap]];
            case '.':
                Take(1);
                return [[Piece.AnyCharacter]];
            case '^':
                Take(1);
                return [[Piece.Start]];
            case '$':
                Write(@"\z", 1);
                return [[Piece.End]];
            case '\\':
                return [[ParseEscape()]];
            case '*' or '+' or '?' or '{':
                Take(1);
                return [[Piece.Gap]];
            default:
                var literal = Piece.Literal(_pattern[_at]);
                Take(1);
                return [[literal]];
        }
    }

    private List<List<Piece>> ParseGroup()
    {
        var open = _at;
        Take(1);
        if (Ahead("?:"))
            Take(2);
        else if (Ahead("?"))
            NoteSpecialGroup(open);
        List<List<Piece>> inner = [[Piece.Gap]];
        if (++_depth > MaxDepth)
            Unsupported ??= (open, 1, $"groups nested more than {MaxDepth} deep");
        else
            inner = ParseAlternatives();
        _depth--;
        if (!Ahead(")"))
            IsOpaque = true;    // never closed: .NET says so
        Take(1);
        return inner;
    }

    private void NoteSpecialGroup(int open)
    {
        IsOpaque = true;
        var what = _pattern.AsSpan(open) switch
        {
            ['(', '?', '=' or '!', ..] => "lookahead",
            ['(', '?', '<', '=' or '!', ..] => "lookbehind",
            ['(', '?', '>', ..] => "an atomic group",
            ['(', '?', '(', ..] => "a conditional group",
            _ => null,
        };
        if (what is not null)
            Unsupported ??= (open, 3, what);
    }

    private Piece ParseEscape()
    {
        var next = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        switch (next)
        {
            case '<' or '>':
                Write(@"\b", 2);
                return Piece.Gap;
            case >= '1' and <= '9' or 'k':
                Unsupported ??= (_at, 2, "a back-reference");
                Take(2);
                return Piece.Gap;
            case 'G':
                Unsupported ??= (_at, 2, @"\G");
                Take(2);
                return Piece.Gap;
            case 'A' or 'z':
                Take(2);
                return next == 'A' ? Piece.Start : Piece.End;
            case 'x':
                return TakeHex(2);
            case 'u':
                return TakeHex(4);
            case 'p' or 'P':
                Take(2);
                while (_at < _pattern.Length && _pattern[_at - 1] != '}')
                    Take(1);
                return Piece.Gap;
            case 'c' or '0':
                Take(3);
                IsOpaque = true;
                return Piece.Gap;
            default:
                Take(2);
                return char.IsAsciiLetterOrDigit(next) || next == '\0' ? ControlEscape(next) : Piece.Literal(next);
        }
    }

    private static Piece ControlEscape(char letter) => letter switch
    {
        'n' => Piece.Literal('\n'),
        't' => Piece.Literal('\t'),
        'r' => Piece.Literal('\r'),
        _ => Piece.Gap,
    };

    private Piece TakeHex(int digits)
    {
        var text = _pattern.AsSpan(Math.Min(_at + 2, _pattern.Length));
        text = text[..Math.Min(digits, text.Length)];
        var good = ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code);
        Take(2 + text.Length);
        return good ? Piece.Literal((char)code) : Piece.Gap;
    }

    // A quantifier is *, +, ? or {n,m}, then perhaps a lazy ?. Of these only a plain star keeps a gap exact.
    private bool TakeQuantifier(out bool star)
    {
        star = Ahead("*");
        if (_at >= _pattern.Length)
            return false;
        if (_pattern[_at] is '*' or '+' or '?')
            Take(1);
        else if (!TakeCount())
            return false;
        if (Ahead("?"))
            Take(1);
        return true;
    }

    private bool TakeCount()
    {
        var text = _pattern.AsSpan(_at);
        var close = text.IndexOf('}');
        if (text[0] != '{' || close < 2 || text[1..close].ContainsAnyExcept(CountCharacters) || text[1..close].Count(',') > 1)
            return false;
        HasCounts = true;
        if (text[1] == ',' && close > 2)
        {
            Write("{0,", 2);    // POSIX: from none; .NET would take it literally.
            close -= 2;
            Take(close + 1);
            return true;
        }
        if (text[1] == ',')
            return false;
        Take(close + 1);
        return true;
    }

    // In brackets a ] that comes first is an ordinary character, and [:alpha:] names a class.
    private void TakeBracket()
    {
        Take(Ahead("[^") ? 2 : 1);
        if (Ahead("]"))
            Write(@"\]", 1);
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            if (_pattern[_at] == '\\')
                Take(2);
            else if (Ahead("[:") && PosixClass() is { } posix)
                Write(posix.Text, posix.Length);
            else if (_pattern[_at] == '[' && _pattern[_at - 1] != '-')
                Write(@"\[", 1);
            else if (_pattern[_at] == '[')
                TakeBracket();    // .NET's class subtraction [a-z-[aeiou]]
            else
                Take(1);
        }
        if (Ahead("]"))
            Take(1);
    }

    private (string Text, int Length)? PosixClass()
    {
        var end = _pattern.IndexOf(":]", _at + 2, StringComparison.Ordinal);
        string? text = end < 0 ? null : _pattern[(_at + 2)..end] switch
        {
            "alpha" => @"\p{L}",
            "digit" => "0-9",
            "alnum" => @"\p{L}\p{Nd}",
            "upper" => @"\p{Lu}",
            "lower" => @"\p{Ll}",
            "space" => @"\s",
            "blank" => @" \t",
            "punct" => @"!-/:-@\[-`{-~",
            "xdigit" => "0-9A-Fa-f",
            "cntrl" => @"\x00-\x1F\x7F",
            "word" => @"\w",
            "print" => @"\x20-\x7E\x80-\uFFFF",
            "graph" => @"\x21-\x7E\x80-\uFFFF",
            _ => null,
        };
        return text is null ? null : (text, end + 2 - _at);
    }

    private bool Ahead(string text) => _pattern.AsSpan(_at).StartsWith(text);

    private void Take(int count)
    {
        count = Math.Min(count, _pattern.Length - _at);
        for (var i = 0; i < count; i++)
        {
            _translated.Append(_pattern[_at]);
            _origins.Add(_at++);
        }
    }

    private void Write(string text, int instead)
    {
        _translated.Append(text);
        _origins.AddRange(Enumerable.Repeat(_at, text.Length));
        _at += instead;
    }
}
