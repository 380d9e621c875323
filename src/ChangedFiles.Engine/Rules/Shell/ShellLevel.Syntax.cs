namespace ChangedFiles.Engine.Rules.Shell;

/// <summary>What each character means where it stands.</summary>
internal sealed partial class ShellLevel
{
    private void FeedCommands(char c)
    {
        if (_escaped)
        {
            _escaped = false;
            Owner.IsTricky |= Top.Kind == FrameKind.Backquote && c is '\\' or '`';
            Literal(c);
            return;
        }
        if (_dollar && OpenAfterDollar(c))
            return;
        switch (c)
        {
            case '\\':
                BeginWord();
                _escaped = true;
                break;
            case '\'':
                Open(FrameKind.Single, _at);
                break;
            case '"':
                Open(FrameKind.Double, _at);
                break;
            case '`' when Top.Kind == FrameKind.Backquote:
                CloseCommands();
                break;
            case '`':
                Open(FrameKind.Backquote, _at);
                break;
            case '$':
                Literal(CommandWords.Dynamic);
                _dollar = true;
                break;
            case '#' when !Top.InWord:
                _frames.Push(new ShellFrame(FrameKind.Comment, _at));
                break;
            default:
                FeedPlain(c);
                break;
        }
    }

    private void FeedPlain(char c)
    {
        switch (c)
        {
            case ' ' or '\t':
                EndWord();
                break;
            case '&' when _previous is '<' or '>':
                break;
            case ';' or '|' or '&':
                EndCommand();
                break;
            case '(' when Top.Kind == FrameKind.Parenthesis && _previous == '(' && Top.Opened == _at - 2:
                Top.Kind = FrameKind.Arithmetic;
                Top.Depth = 1;
                break;
            case '(':
                EndCommand();
                Top.Depth++;
                break;
            case ')' when Top is { Kind: FrameKind.Parenthesis, Depth: 0 }:
                CloseCommands();
                break;
            case ')':
                EndCommand();
                Top.Depth = Math.Max(0, Top.Depth - 1);
                break;
            case '<' or '>':
                if (Top.InWord && Top.Word.ToString().All(char.IsAsciiDigit))
                    ForgetWord();
                EndWord();
                Top.InRedirection = true;
                break;
            default:
                Literal(c);
                break;
        }
    }

    private void FeedDouble(char c)
    {
        if (_escaped)
        {
            _escaped = false;
            if (c is not ('$' or '`' or '"' or '\\'))
                Literal('\\');
            Literal(c);
            return;
        }
        if (_dollar && OpenAfterDollar(c))
            return;
        switch (c)
        {
            case '\\':
                _escaped = true;
                break;
            case '"':
                _frames.Pop();
                break;
            case '`' when Owner.Kind == FrameKind.Backquote:
                Fail(_at, "stands inside double quotes inside backquotes: write $( ) instead of backquotes");
                break;
            case '`':
                Open(FrameKind.Backquote, _at);
                break;
            case '$':
                Literal(CommandWords.Dynamic);
                _dollar = true;
                break;
            default:
                Literal(c);
                break;
        }
    }

    // Inside ${ }, $(( )) and $' ' only the end matters.
    private void FeedOpaque(char c)
    {
        var (open, close) = Top.Kind switch { FrameKind.Brace => ('{', '}'), FrameKind.Arithmetic => ('(', ')'), _ => ('\0', '\'') };
        if (_escaped)
            _escaped = false;
        else if (c == '\\')
            _escaped = true;
        else if (c == open)
            Top.Depth++;
        else if (c == close && Top.Depth-- == 0)
            _frames.Pop();
    }

    private bool OpenAfterDollar(char c)
    {
        _dollar = false;
        FrameKind? kind = c switch
        {
            '(' => FrameKind.Parenthesis,
            '{' => FrameKind.Brace,
            '\'' when Top.HoldsCommands => FrameKind.DollarSingle,
            _ => null,
        };
        if (kind is { } opened)
            Open(opened, _at - 1);
        return kind is not null;
    }

    private void Open(FrameKind kind, int at)
    {
        BeginWord();
        var commands = kind is FrameKind.Parenthesis or FrameKind.Backquote;
        if (commands && at == _at)
            Literal(CommandWords.Dynamic);
        _frames.Push(new ShellFrame(kind, at) { FlowsIntoCode = commands && Role is WordRole.ShellText or WordRole.Code });
    }

    private void CloseCommands()
    {
        EndCommand();
        var closed = _frames.Pop();
        if (closed is { HasName: true, IsTricky: true })
            Fail(closed.Opened, "holds a case or nested backquotes beside a name: put the commands into a script");
        if (closed.HasName && Top.HoldsCommands && Top.Commands.Name is not "for")
            OneWord.Add((closed.Opened, _at + 1));
    }
}
