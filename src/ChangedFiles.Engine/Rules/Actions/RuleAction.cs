using ChangedFiles.Engine.Rules.Shell;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Actions;

/// <summary>What a rule line does. Immutable; one instance serves every event.</summary>
/// <param name="Source">The action as it stands in the rule file.</param>
public abstract record RuleAction(string Source)
{
    /// <summary>How it runs, in a word or two: "shell", "exec", "rsync in-process", ...</summary>
    public abstract string Manner { get; }

    /// <summary>Why it does not run as might be expected; null when there is nothing to say.</summary>
    public string? Note { get; init; }

    /// <summary>The action for people, with the event's values put in, each quoted where it needs to be.</summary>
    public virtual string Describe(EventValues values) =>
        ArgumentText.Decode(Template.Parse(Source).Expand(values, QuoteForPeople));

    private protected static byte[] QuoteForPeople(byte[] value)
    {
        var plain = value.Length > 0 && value.All(b => char.IsAsciiLetterOrDigit((char)b) || "/._-+,:=@%".Contains((char)b));
        return plain ? value : ShellVariable.Quote(value, Quoting.None);
    }
}

/// <summary>A line for <c>/bin/sh</c>.</summary>
public sealed record ShellAction : RuleAction
{
    internal ShellAction(ShellScript script)
        : base(script.Source) => Script = script;

    public override string Manner => "shell";

    internal ShellScript Script { get; }
}

/// <summary><c>EXEC program argument...</c>: started as it is, without a shell.</summary>
public sealed record ExecAction(string Source, IReadOnlyList<Template> Words) : RuleAction(Source)
{
    public override string Manner => "exec";

    /// <summary>Program and arguments for one event.</summary>
    public IReadOnlyList<byte[]> Arguments(EventValues values) => [.. Words.Select(word => word.ExpandArgument(values))];

    /// <summary>Program and arguments for many names: the word <c>_FILE_</c> is replaced by all of them.</summary>
    public IReadOnlyList<byte[]> BatchArguments(IEnumerable<byte[]> files) =>
        [.. Words.SelectMany(word =>
            word.Only is Substitution.FILE or Substitution.NEW_FILE ? files : [ArgumentText.Encode(word.Fixed ?? "")])];
}

/// <summary><c>HTTP POST url</c>: a JSON object about the event.</summary>
public sealed record HttpAction(string Source, Template Url) : RuleAction(Source)
{
    public override string Manner => "http";

    /// <summary>The address, with every value in percent encoding.</summary>
    public Uri Address(EventValues values) => new(ArgumentText.Decode(Url.Expand(values, PercentEncode)));

    private static byte[] PercentEncode(byte[] value)
    {
        var text = new System.Text.StringBuilder();
        foreach (var b in value)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' or (byte)'/')
                text.Append((char)b);
            else
                text.Append($"%{b:X2}");
        }
        return ArgumentText.Encode(text.ToString());
    }
}

/// <summary><c>LOG [text]</c>: a line in the log.</summary>
public sealed record LogAction(string Source, Template Text) : RuleAction(Source)
{
    public override string Manner => "log";
}

/// <summary><c>APPEND file [text]</c>: a line at the end of a file.</summary>
public sealed record AppendAction(string Source, Template File, Template Text) : RuleAction(Source)
{
    public override string Manner => "append";
}

/// <summary>
/// <c>MIRROR [source] destination [options]</c>: the tree at <paramref name="Root"/> is kept equal at the destination by the live mirror.
/// </summary>
/// <param name="Source">The action as it stands in the rule file.</param>
/// <param name="Root">The directory whose content is mirrored: absolute, without a slash at the end.</param>
/// <param name="Destination">As rsync writes it.</param>
/// <param name="Options">Rsync options.</param>
public sealed record MirrorAction(string Source, string Root, string Destination, IReadOnlyList<string> Options) : RuleAction(Source)
{
    public override string Manner => "mirror";

    /// <summary>What the rule's IGNORE lines leave out, as rsync's patterns.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    public override string Describe(EventValues values) => $"MIRROR {Root}/ {Destination}";
}
