using System.Buffers;
using System.Text.RegularExpressions;

namespace ChangedFiles.Engine.Rules.Shell;

/// <summary>What becomes of a word of a command.</summary>
internal enum WordRole
{
    /// <summary>An argument, handed on as it is.</summary>
    Data,
    /// <summary>Read by another shell: ssh's command, <c>sh -c</c>'s text, eval's words.</summary>
    ShellText,
    /// <summary>Read by another interpreter: <c>perl -e</c>, awk's program.</summary>
    Code,
    /// <summary>The command is a variable: what it does with its words is not known here.</summary>
    Unknown,
}

/// <summary>
/// Follows the words of one simple command and tells what the next one is for. The tables below are the whole of what is
/// detected (docs/rules.md, "Names and shells").
/// </summary>
internal sealed partial class CommandWords
{
    /// <summary>Stands in a word for what only running the command would tell.</summary>
    public const char Dynamic = '\uFFFC';

    private static readonly SearchValues<char> SshValueOptions = SearchValues.Create("BbcDEeFIiJkLlmOopQRSWw");

    private static readonly HashSet<string> RemoteShells = ["ssh", "slogin", "rsh", "remsh"];
    private static readonly HashSet<string> Shells =
        ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "su", "runuser", "script"];
    private static readonly HashSet<string> Wrappers =
    [
        "sudo", "doas", "nice", "ionice", "nohup", "setsid", "timeout", "env", "time", "exec", "command", "stdbuf", "flock", "chroot",
        "chrt", "taskset", "xargs", "find", "busybox", "sshpass", "strace", "unshare", "nsenter", "setpriv", "systemd-run",
        "docker", "podman", "kubectl",
    ];
    private static readonly HashSet<string> Reserved = ["if", "then", "else", "elif", "while", "until", "do", "!", "{", "time"];
    private static readonly HashSet<string> ProgramFirst = ["awk", "gawk", "mawk", "nawk", "sed", "jq"];
    private static readonly HashSet<string> WholeLine = ["watch", "parallel"];
    private static readonly Dictionary<string, char> CodeOption = new()
    {
        ["perl"] = 'e',
        ["python"] = 'c',
        ["python3"] = 'c',
        ["ruby"] = 'e',
        ["node"] = 'e',
        ["php"] = 'r',
        ["lua"] = 'e',
        ["psql"] = 'c',
        ["mysql"] = 'e',
        ["mariadb"] = 'e',
    };

    private enum State
    {
        Start,
        Arguments,
        Wrapped,
        RemoteOptions,
        RemoteOptionValue,
        RemoteCommand,
        ShellOptions,
        ShellOptionValue,
        ShellText,
        CodeOptions,
        CodeFirst,
        Code,
        AllCode,
        Unknown,
    }

    private State _state;

    /// <summary>The command's name without its directory, once it is known.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What the next word will be.</summary>
    public WordRole Next => _state switch
    {
        State.RemoteCommand or State.ShellText => WordRole.ShellText,
        State.Code or State.CodeFirst or State.AllCode => WordRole.Code,
        State.Unknown => WordRole.Unknown,
        _ => WordRole.Data,
    };

    /// <summary>The words of the other shell's command are joined by blanks (ssh, eval) instead of being one word (sh -c).</summary>
    public bool IsJoined => _state == State.RemoteCommand;

    public void Add(string word)
    {
        _state = _state switch
        {
            State.Start => Command(word),
            State.Wrapped => Wrapped(word),
            State.RemoteOptions => RemoteOption(word),
            State.RemoteOptionValue => State.RemoteOptions,
            State.ShellOptions => ShellOption(word),
            State.ShellOptionValue => State.ShellOptions,
            State.ShellText => State.Arguments,
            State.CodeOptions => EndsInOption(word, CodeOption[Name]) ? State.Code : State.CodeOptions,
            State.Code => State.CodeOptions,
            State.CodeFirst => word.StartsWith('-') ? State.CodeFirst : State.Arguments,
            var same => same,
        };
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=")]
    private static partial Regex Assignment();

    private State Command(string word)
    {
        if (Assignment().IsMatch(word) || Reserved.Contains(word))
            return State.Start;
        Name = word[(word.LastIndexOf('/') + 1)..];
        if (Name.Contains(Dynamic))
            return State.Unknown;
        return Name switch
        {
            "eval" => State.RemoteCommand,
            "trap" => State.ShellText,
            _ when RemoteShells.Contains(Name) => State.RemoteOptions,
            _ when Shells.Contains(Name) => State.ShellOptions,
            _ when Wrappers.Contains(Name) => State.Wrapped,
            _ when CodeOption.ContainsKey(Name) => State.CodeOptions,
            _ when ProgramFirst.Contains(Name) => State.CodeFirst,
            _ when WholeLine.Contains(Name) => State.AllCode,
            _ => State.Arguments,
        };
    }

    // Which of a wrapper's words is the command is not parsed out: any word that names a second shell is taken for it.
    private State Wrapped(string word)
    {
        if (Name == "flock" && word == "-c")
            return State.ShellText;
        var wrapper = Name;
        var state = word.Contains(Dynamic) ? State.Arguments : Command(word);
        if (state is not (State.Arguments or State.Start))
            return state;
        // Programs that take a remote shell as an option value must not be mistaken for one.
        if (Name is "rsync" or "scp")
            return State.Arguments;
        Name = wrapper;
        return State.Wrapped;
    }

    private static State RemoteOption(string word)
    {
        if (!word.StartsWith('-'))
            return State.RemoteCommand;
        var value = word.AsSpan(1).IndexOfAny(SshValueOptions);
        return value >= 0 && value == word.Length - 2 ? State.RemoteOptionValue : State.RemoteOptions;
    }

    private State ShellOption(string word)
    {
        if (word == "--command" || word is ['-', not '-', ..] && word.Contains('c'))
            return State.ShellText;
        if (word is "-o" or "+o" or "-O")
            return State.ShellOptionValue;
        return word.StartsWith('-') || word.StartsWith('+') || Name is "su" or "runuser" or "script" ? State.ShellOptions : State.Arguments;
    }

    private static bool EndsInOption(string word, char option) =>
        word.Length > 1 && word[0] == '-' && word[1] != '-' && word[^1] == option;
}
