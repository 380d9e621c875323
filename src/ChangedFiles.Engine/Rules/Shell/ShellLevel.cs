namespace ChangedFiles.Engine.Rules.Shell;

/// <summary>The quotes that a name stands in, as one shell sees it.</summary>
internal enum Quoting
{
    None,
    Single,
    Double,
}

/// <summary>Where a name stands.</summary>
/// <param name="Quoting">The quotes in the text itself.</param>
/// <param name="Readers">The quotes in the text that further shells will read, the last shell first. Empty: no other shell.</param>
/// <param name="StartsWord">Nothing of the (last shell's) word stands before it.</param>
internal sealed record Placement(Quoting Quoting, IReadOnlyList<Quoting> Readers, bool StartsWord)
{
    /// <summary>Why no name can stand there.</summary>
    public string? Error { get; init; }

    /// <summary>Why a strange name could still do harm there.</summary>
    public string? Warning { get; init; }

    public bool IsComment { get; init; }
}

/// <summary>
/// Follows shell text character by character and knows at each place which quotes it stands in and what its word is for.
/// The text of a word that another shell will read (ssh's command, sh -c) is handed on, unquoted once, to a further level.
/// Only quoting and the ends of words and commands are understood, not the commands.
/// </summary>
internal sealed partial class ShellLevel(int depth = 0)
{
    private const int MaxDepth = 4;

    private readonly Stack<ShellFrame> _frames = new([new ShellFrame(FrameKind.Root, 0)]);
    private bool _escaped;
    private bool _dollar;
    private char _previous;
    private int _at;

    /// <summary>Command substitutions that a name went into and that stand unquoted: their output has to stay one word.</summary>
    public List<(int Start, int End)> OneWord { get; } = [];

    public string? Error { get; private set; }

    public int ErrorAt { get; private set; }

    /// <summary>The last character was a backslash that takes the next one's meaning away.</summary>
    public bool IsEscaped => _escaped && Top.HoldsCommands;

    public bool InSingleQuotes => Top.Kind == FrameKind.Single;

    private ShellFrame Top => _frames.Peek();

    /// <summary>The command that what is read now belongs to.</summary>
    private ShellFrame Owner => _frames.First(f => f.HoldsCommands);

    /// <summary>The role of the word that is being read or would begin here.</summary>
    public WordRole Role => Owner switch
    {
        { InRedirection: true } => WordRole.Data,
        { InWord: true } owner => owner.Role,
        var owner => owner.Commands.Next,
    };

    public void Feed(char c, int at)
    {
        _at = at;
        switch (Top.Kind)
        {
            case FrameKind.Comment:
                break;
            case FrameKind.Single:
                if (c == '\'')
                    _frames.Pop();
                else
                    Literal(c);
                break;
            case FrameKind.Double:
                FeedDouble(c);
                break;
            case FrameKind.Brace or FrameKind.Arithmetic or FrameKind.DollarSingle:
                FeedOpaque(c);
                break;
            default:
                FeedCommands(c);
                break;
        }
        _previous = c;
    }

    /// <summary>A name is put here.</summary>
    public Placement Place(int at)
    {
        _at = at;
        var kind = Top.Kind;
        if (kind == FrameKind.Comment)
            return new Placement(Quoting.None, [], false) { IsComment = true };
        if (_escaped && kind == FrameKind.Double)
            Literal('\\');
        (_escaped, _dollar, _previous) = (false, false, '_');
        BeginWord();
        var owner = Owner;
        var quoting = kind switch { FrameKind.Single => Quoting.Single, FrameKind.Double => Quoting.Double, _ => Quoting.None };
        var placement = PlaceInWord(owner, quoting);
        owner.Word.Append(CommandWords.Dynamic);
        foreach (var frame in _frames)
            frame.HasName = true;
        return placement with { Error = Refusal(kind) ?? placement.Error };
    }

    /// <summary>The text is over.</summary>
    public void Finish()
    {
        if (Top.Kind is FrameKind.Root or FrameKind.Comment)
            EndCommand();
        else
            Fail(Top.Opened, "is not closed");
    }

    private Placement PlaceInWord(ShellFrame owner, Quoting quoting)
    {
        var starts = owner.Word.Length == 0;
        if (Role == WordRole.ShellText && owner.Reader is { } reader)
        {
            var inner = reader.Place(_at);
            return inner with { Quoting = quoting, Readers = [.. inner.Readers, inner.Quoting] };
        }
        var warning = Role switch
        {
            WordRole.Code => $"becomes part of what {owner.Commands.Name} interprets: a name can hold anything",
            WordRole.Unknown => "is an argument of a command that is not known here; if that is a shell, a name can hold commands",
            _ when owner.Commands.Name == "scp" && owner.Word.ToString().Contains(':') =>
                "reaches a shell on the other side when scp is older than OpenSSH 9.0 or runs with -O",
            _ => null,
        };
        return new Placement(quoting, [], starts) { Warning = warning };
    }

    private string? Refusal(FrameKind kind) => kind switch
    {
        FrameKind.Brace => "cannot stand inside ${ }",
        FrameKind.Arithmetic => "cannot stand inside $(( ))",
        FrameKind.DollarSingle => "cannot stand inside $' '",
        _ when _frames.Any(f => f.FlowsIntoCode) => "goes through a command whose output another shell or interpreter reads",
        _ when depth > 0 && _frames.Any(f => f.Kind == FrameKind.Backquote) => "stands in backquotes that another shell runs",
        _ => null,
    };

    private void Literal(char c)
    {
        BeginWord();
        var owner = Owner;
        owner.Word.Append(c);
        if (owner.Role == WordRole.ShellText)
            owner.Reader?.Feed(c, _at);
    }

    private void BeginWord()
    {
        var owner = Owner;
        if (owner.InWord)
            return;
        var role = Role;
        var joined = owner.Commands.IsJoined && owner.Reader is not null;
        owner.InWord = true;
        owner.Role = role;
        if (role != WordRole.ShellText)
            return;
        if (joined)
            owner.Reader!.Feed(' ', _at);
        else if (depth < MaxDepth)
            owner.Reader = new ShellLevel(depth + 1);
        else
            Fail(_at, "goes through too many shells");
    }

    private void EndWord()
    {
        var owner = Owner;
        if (!owner.InWord)
            return;
        var word = owner.Word.ToString();
        if (!owner.InRedirection)
        {
            FinishReader(owner);
            owner.Commands.Add(word);
        }
        owner.IsTricky |= owner.Kind == FrameKind.Parenthesis && owner.Commands.Name == "case";
        owner.InRedirection = false;
        ForgetWord();
    }

    private void ForgetWord()
    {
        var owner = Owner;
        owner.Word.Clear();
        owner.InWord = false;
    }

    private void EndCommand()
    {
        EndWord();
        var owner = Owner;
        if (owner.Commands.IsJoined)
            Finish(owner.Reader);
        owner.Commands = new CommandWords();
        owner.Reader = null;
        owner.InRedirection = false;
    }

    private void FinishReader(ShellFrame owner)
    {
        if (owner.Role == WordRole.ShellText && !owner.Commands.IsJoined)
            Finish(owner.Reader);
    }

    private void Finish(ShellLevel? reader)
    {
        reader?.Finish();
        if (reader is { Error: { } error } && reader._frames.Any(f => f.HasName))
            Fail(reader.ErrorAt, error + " (in the text for the other shell)");
    }

    private void Fail(int at, string error)
    {
        if (Error is not null)
            return;
        (Error, ErrorAt) = (error, at);
    }
}
