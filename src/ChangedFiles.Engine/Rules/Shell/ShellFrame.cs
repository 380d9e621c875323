using System.Text;

namespace ChangedFiles.Engine.Rules.Shell;

internal enum FrameKind
{
    /// <summary>The text itself.</summary>
    Root,
    /// <summary><c>$( )</c></summary>
    Parenthesis,
    Backquote,
    Single,
    Double,
    /// <summary><c>${ }</c></summary>
    Brace,
    /// <summary><c>$(( ))</c></summary>
    Arithmetic,
    /// <summary><c>$' '</c></summary>
    DollarSingle,
    Comment,
}

/// <summary>Something opened in shell text and not closed yet. Those that hold commands also follow the command's words.</summary>
internal sealed class ShellFrame(FrameKind kind, int opened)
{
    public FrameKind Kind { get; set; } = kind;

    /// <summary>Where it was opened.</summary>
    public int Opened { get; } = opened;

    public bool HoldsCommands => Kind is FrameKind.Root or FrameKind.Parenthesis or FrameKind.Backquote;

    /// <summary>Open parentheses or braces inside.</summary>
    public int Depth { get; set; }

    /// <summary>A name was put somewhere in it.</summary>
    public bool HasName { get; set; }

    /// <summary>What it prints is read by another shell or interpreter.</summary>
    public bool FlowsIntoCode { get; init; }

    /// <summary>Holds a construct whose end cannot be told apart simply: nested backquotes, a case.</summary>
    public bool IsTricky { get; set; }

    public CommandWords Commands { get; set; } = new();

    public StringBuilder Word { get; } = new();

    public bool InWord { get; set; }

    /// <summary>The word now being read, or the next one, is the target of a redirection.</summary>
    public bool InRedirection { get; set; }

    public WordRole Role { get; set; }

    /// <summary>The shell that will read the current word, when its role is ShellText.</summary>
    public ShellLevel? Reader { get; set; }
}
