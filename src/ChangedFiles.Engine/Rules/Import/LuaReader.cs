namespace ChangedFiles.Engine.Rules.Import;

/// <summary>
/// Reads the part of Lua that configurations are made of: tables given to functions (<c>sync{...}</c>), and variables that hold
/// texts and tables. Everything else is skipped and told.
/// </summary>
internal sealed class LuaReader
{
    private const int MaxDepth = 50;

    private readonly List<LuaToken> _tokens;
    private readonly Dictionary<string, LuaValue> _variables = [];
    private int _at;
    private int _depth;

    public LuaReader(string source)
    {
        _tokens = LuaLexer.Split(source);
        while (Current.Kind != LuaTokenKind.End)
            Statement();
    }

    /// <summary>The calls with one table, in their order.</summary>
    public List<(string Function, LuaTable Argument)> Calls { get; } = [];

    /// <summary>The lines of what was skipped.</summary>
    public List<int> Skipped { get; } = [];

    private LuaToken Current => _tokens[_at];

    private LuaToken Following => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    private void Statement()
    {
        if (Take(";"))
            return;
        if (Current.Is("local") && Following.Kind == LuaTokenKind.Name && !Following.Is("function"))
            _at++;
        var start = Current;
        if (start.Kind == LuaTokenKind.Name && Following.Is("="))
        {
            _at += 2;
            var value = Expression();
            _variables[start.Text] = value;
            if (start.Text == "settings" && value is LuaTable settings)
                Calls.Add((start.Text, settings));
        }
        else if (start.Kind == LuaTokenKind.Name && (Following.Is("{") || Following.Is("(")))
        {
            _at++;
            var wrapped = Take("(");
            if (Expression() is LuaTable table)
                Calls.Add((start.Text, table));
            else
                Skipped.Add(start.Line);
            if (wrapped)
                Take(")");
        }
        else
        {
            Skipped.Add(start.Line);
            SkipStatement();
        }
    }

    // Code is skipped as far as its blocks go: function ... end, if ... end, for ... do ... end.
    private void SkipStatement()
    {
        var open = 0;
        do
        {
            if (Current.Text is "function" or "if" or "do" or "repeat" && Current.Kind == LuaTokenKind.Name)
                open++;
            else if (Current.Text is "end" or "until" && Current.Kind == LuaTokenKind.Name)
                open--;
            _at++;
        }
        while (Current.Kind != LuaTokenKind.End && (open > 0 || Current.Line == _tokens[_at - 1].Line));
    }

    private LuaValue Expression()
    {
        if (++_depth > MaxDepth)
        {
            _at = _tokens.Count - 1;
            return new LuaCode(Current.Line);
        }
        var value = Operand();
        while (Take(".."))
        {
            var right = Operand();
            value = value is LuaText a && right is LuaText b ? a with { Text = a.Text + b.Text } : new LuaCode(value.Line);
        }
        _depth--;
        return EndsExpression ? value : SkipExpression(value.Line);
    }

    private bool EndsExpression =>
        Current.Kind is LuaTokenKind.End or LuaTokenKind.Name || Current.Is(",") || Current.Is(";") || Current.Is("}") || Current.Is(")");

    private LuaValue Operand()
    {
        var token = Current;
        if (token.Is("{"))
            return Table();
        if (token.Is("function"))
            return SkipExpression(token.Line);
        if (token.Kind == LuaTokenKind.End)
            return new LuaCode(token.Line);
        _at++;
        if (token.Is("-") && LuaLexer.Number(Current.Text) is { } negative)
        {
            _at++;
            return new LuaNumber(token.Line, -negative);
        }
        return token.Kind switch
        {
            LuaTokenKind.Text => new LuaText(token.Line, token.Text),
            LuaTokenKind.Number when LuaLexer.Number(token.Text) is { } number => new LuaNumber(token.Line, number),
            LuaTokenKind.Name when token.Text is "true" or "false" => new LuaBoolean(token.Line, token.Text == "true"),
            LuaTokenKind.Name => Variable(token),
            _ => new LuaCode(token.Line),
        };
    }

    private LuaValue Variable(LuaToken first)
    {
        var name = first.Text;
        while (Current.Is(".") && Following.Kind == LuaTokenKind.Name)
        {
            name += "." + Following.Text;
            _at += 2;
        }
        return _variables.TryGetValue(name, out var value) ? value : new LuaName(first.Line, name);
    }

    private LuaTable Table()
    {
        var line = Current.Line;
        List<LuaValue> items = [];
        List<(string, LuaValue)> fields = [];
        Take("{");
        while (Current.Kind != LuaTokenKind.End && !Take("}"))
        {
            if (Take(",") || Take(";"))
                continue;
            if (Current.Kind == LuaTokenKind.Name && Following.Is("="))
            {
                var key = Current.Text;
                _at += 2;
                fields.Add((key, Expression()));
            }
            else if (Current.Is("["))
            {
                _at++;
                var key = Expression() is LuaText text ? text.Text : "";
                Take("]");
                Take("=");
                fields.Add((key, Expression()));
            }
            else
            {
                var before = _at;
                items.Add(Expression());
                if (_at == before)
                    _at++;
            }
        }
        return new LuaTable(line, items, fields);
    }

    // To the comma or bracket that ends it, past whatever blocks and brackets are inside.
    private LuaCode SkipExpression(int line)
    {
        var open = 0;
        for (; Current.Kind != LuaTokenKind.End; _at++)
        {
            if (open == 0 && (Current.Is(",") || Current.Is("}") || Current.Is(")") || Current.Is(";")))
                break;
            if (Current.Is("(") || Current.Is("{") || Current.Is("function") || Current.Is("if") || Current.Is("do"))
                open++;
            else if (Current.Is(")") || Current.Is("}") || Current.Is("end"))
                open--;
        }
        return new LuaCode(line);
    }

    private bool Take(string symbol)
    {
        if (Current.Kind != LuaTokenKind.Symbol || Current.Text != symbol)
            return false;
        _at++;
        return true;
    }
}
