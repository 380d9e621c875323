using System.Globalization;
using System.Text;

namespace ChangedFiles.Engine.Rules.Import;

internal enum LuaTokenKind
{
    Name,
    Text,
    Number,
    Symbol,
    End,
}

internal readonly record struct LuaToken(LuaTokenKind Kind, string Text, int Line)
{
    public bool Is(string symbol) => Kind is LuaTokenKind.Symbol or LuaTokenKind.Name && Text == symbol;
}

/// <summary>The words of a Lua file: names, strings in any quotes, numbers, single symbols. Comments are left out.</summary>
internal sealed class LuaLexer
{
    private readonly string _source;
    private readonly List<LuaToken> _tokens = [];
    private int _at;
    private int _line = 1;

    private LuaLexer(string source) => _source = source;

    /// <summary>All tokens; the last one is <see cref="LuaTokenKind.End"/>.</summary>
    public static List<LuaToken> Split(string source)
    {
        var lexer = new LuaLexer(source);
        while (lexer._at < source.Length)
            lexer.Next();
        lexer.Add(LuaTokenKind.End, "");
        return lexer._tokens;
    }

    private char Current => _at < _source.Length ? _source[_at] : '\0';

    private void Next()
    {
        var start = _at;
        if (char.IsWhiteSpace(Current))
        {
            Advance();
        }
        else if (Ahead("--"))
        {
            _at += 2;
            if (!TryLongText(out _))
                SkipWhile(c => c != '\n');
        }
        else if (char.IsAsciiLetter(Current) || Current == '_')
        {
            SkipWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_');
            Add(LuaTokenKind.Name, _source[start.._at]);
        }
        else if (char.IsAsciiDigit(Current))
        {
            SkipWhile(c => char.IsAsciiLetterOrDigit(c) || c == '.');
            Add(LuaTokenKind.Number, _source[start.._at]);
        }
        else if (Current is '"' or '\'')
        {
            Add(LuaTokenKind.Text, QuotedText());
        }
        else if (TryLongText(out var text))
        {
            Add(LuaTokenKind.Text, text);
        }
        else
        {
            _at += Ahead("..") ? 2 : 1;
            Add(LuaTokenKind.Symbol, _source[start.._at]);
        }
    }

    private string QuotedText()
    {
        var quote = Current;
        var text = new StringBuilder();
        for (_at++; _at < _source.Length && Current != quote && Current != '\n'; Advance())
        {
            if (Current == '\\')
            {
                _at++;
                text.Append(Current switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var c => c });
            }
            else
            {
                text.Append(Current);
            }
        }
        _at = Math.Min(_at + 1, _source.Length);
        return text.ToString();
    }

    // [[...]] or [=[...]=], also as a comment.
    private bool TryLongText(out string text)
    {
        text = "";
        var level = 1;
        while (_at + level < _source.Length && _source[_at + level] == '=')
            level++;
        if (Current != '[' || _at + level >= _source.Length || _source[_at + level] != '[')
            return false;
        var close = "]" + new string('=', level - 1) + "]";
        var start = _at + level + 1;
        var end = _source.IndexOf(close, start, StringComparison.Ordinal);
        text = (end < 0 ? _source[start..] : _source[start..end]).TrimStart('\n');
        var stop = end < 0 ? _source.Length : end + close.Length;
        while (_at < stop)
            Advance();
        return true;
    }

    private void SkipWhile(Func<char, bool> belongs)
    {
        while (_at < _source.Length && belongs(Current))
            _at++;
    }

    private void Advance()
    {
        if (Current == '\n')
            _line++;
        _at++;
    }

    private bool Ahead(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private void Add(LuaTokenKind kind, string text) => _tokens.Add(new LuaToken(kind, text, _line));

    /// <summary>A number as Lua writes it; null when it is none.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
