using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Patterns;
using ChangedFiles.Engine.Rules.Shell;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>Turns the text of one action into a <see cref="RuleAction"/>; says everything that is wrong with it.</summary>
internal sealed class ActionParser(
    LogicalLine line, int offset, ActionSettings settings, PathPattern pattern, IReadOnlyList<IgnoreLine> ignores, RsyncReader? rsync,
    List<RuleDiagnostic> diagnostics)
{
    public static readonly string[] Keywords = ["EXEC", "MIRROR", "HTTP", "LOG", "APPEND"];

    private const string DefaultText = "_OPERATION_ _FILE_";

    private readonly string _text = line.Text[offset..].TrimEnd();

    private string FirstWord => _text.Split(' ', '\t')[0];

    /// <summary>What stands after the action's keyword.</summary>
    private string Rest => _text[FirstWord.Length..].TrimStart();

    private int RestOffset => _text.Length - Rest.Length;

    public RuleAction? Parse()
    {
        foreach (var (at, word, nearest) in SubstitutionText.FindUnknown(_text))
            Say(Severity.Warning, at, word.Length, $"unknown substitution {word}", nearest is null ? null : $"did you mean {nearest}?");
        return FirstWord switch
        {
            "EXEC" => Exec(),
            "MIRROR" => Mirror(),
            "HTTP" => Http(),
            "LOG" => new LogAction(_text, Template.Parse(Rest.Length == 0 ? DefaultText : Rest)),
            "APPEND" => Append(),
            var word => Shell(word),
        };
    }

    private RuleAction? Shell(string word)
    {
        if (OperationNames.TryParse(word.Split('|')[0], out _))
            return Fail(0, word.Length, $"{word} is an operation, not a command", RuleParser.JoinHint);
        if (word.Length > 2 && word.All(char.IsAsciiLetterUpper) && Suggestion.Nearest(word, Keywords) is { } keyword)
            Say(Severity.Warning, 0, word.Length, $"{word} is run as a shell command", $"did you mean {keyword}?");
        var script = ShellScript.Parse(_text, settings.Batch?.Input == BatchInput.Args);
        var words = ShellWords.Parse(_text, forShell: true);
        if (Plain(words, out var whyNot) is { } plain)
            return plain;
        if (whyNot is not null && words.Failure is null && settings.User is null && settings.Batch is null)
            return Secluded(words, whyNot);
        foreach (var remark in script.Remarks)
            Say(remark.IsError ? Severity.Error : Severity.Warning, remark.Offset, remark.Length, remark.Message, remark.Hint);
        CheckBatch(script.Used);
        return new ShellAction(script) { Note = whyNot };
    }

    // A command for another user or for many names at once has to be a process.
    private RsyncAction? Plain(ShellWords words, out string? whyNot)
    {
        var action = RsyncAction.Recognise(_text, words, rsync, out whyNot);
        if (action is null || (settings.User is null && settings.Batch is null))
            return action;
        whyNot = settings.User is null ? "BATCH hands the names to a program" : "USER needs a process of its own";
        return null;
    }

    // It needs no shell, and with -s the names travel inside the protocol instead of through the remote shell.
    private ExecAction Secluded(ShellWords words, string whyNot) =>
        new(_text, [words.Words[0], Template.Parse("-s"), .. words.Words.Skip(1)]) { Note = whyNot };

    private RuleAction? Exec()
    {
        var words = ShellWords.Parse(Rest, forShell: false);
        if (words.Failure is { } failure)
            return Fail(RestOffset + failure.Offset, 1, failure.Message);
        if (words.Words.Count == 0)
            return Fail(0, 4, "EXEC without a program", "EXEC program argument...");
        if (Plain(words, out var whyNot) is { } plain)
            return plain;
        CheckBatch([.. words.Words.SelectMany(w => w.Parts).Where(p => p.Value is not null).Select(p => p.Value!.Value)]);
        for (var i = 0; settings.Batch?.Input == BatchInput.Args && i < words.Words.Count; i++)
        {
            if (words.Words[i] is { Fixed: null, Only: null })
                Fail(RestOffset + words.Offsets[i], 1, "with BATCH args the names must be a word of their own");
        }
        return new ExecAction(_text, words.Words) { Note = whyNot };
    }

    // What differs from name to name has no place in a command that gets many.
    private void CheckBatch(HashSet<Substitution> used)
    {
        if (settings.Batch is not { } batch)
            return;
        foreach (var substitution in used)
        {
            if (batch.Input == BatchInput.Stdin)
                Fail(0, _text.Length, $"{substitution.Spell()} has no meaning here: with BATCH stdin the names come on standard input");
            else if (substitution is not (Substitution.FILE or Substitution.NEW_FILE))
                Fail(0, _text.Length, $"{substitution.Spell()} has no meaning here: with BATCH args only _FILE_ can be used");
        }
        if (batch.Input == BatchInput.Args && used.Count == 0)
            Say(Severity.Warning, 0, _text.Length, "BATCH args, but _FILE_ stands nowhere: the command gets no names");
    }

    private RuleAction? Mirror()
    {
        const string Usage = "MIRROR [source] destination [options]";
        var words = ShellWords.Parse(Rest, forShell: false);
        if (words.Failure is { } failure)
            return Fail(RestOffset + failure.Offset, 1, failure.Message, Usage);
        var options = words.Words.Select(w => w.ToString()).Where(w => w.StartsWith('-')).ToArray();
        var places = words.Words.Where(w => !w.ToString().StartsWith('-')).ToArray();
        if (places.Length is 0 or > 2)
            return Fail(RestOffset, Rest.Length, places.Length == 0 ? "MIRROR without a destination" : "MIRROR has too many places", Usage);
        var root = places.Length == 2 ? places[0].Fixed : RootOf(pattern);
        if (root is null || !root.StartsWith('/'))
            return Fail(RestOffset, Rest.Length, "it is not clear which directory to mirror", places.Length == 2
                ? "the source is an absolute directory without substitutions"
                : "begin the regex with ^/directory/, or write the source: " + Usage);
        root = root.Length > 1 ? root.TrimEnd('/') : root;
        // otto_FILE_ keeps the whole path below otto, as in the lines that MIRROR replaces.
        if (places[^1].Parts.Any(p => p.Value is { } v && v is not (Substitution.FILE or Substitution.NEW_FILE)))
            return Fail(RestOffset, Rest.Length, "only _FILE_ can stand in the destination of MIRROR", "it is the source directory");
        var destination = string.Concat(places[^1].Parts.Select(p => p.Value is null ? p.Literal : root));
        if (rsync?.Invoke(["-a", .. options, root.TrimEnd('/') + "/", destination]).WhyNoMirror is { } whyNot)
            return Fail(RestOffset, Rest.Length, $"this cannot be mirrored to: {whyNot}");
        return new MirrorAction(_text, root, destination, options) { Excludes = Excludes(root) };
    }

    private List<string> Excludes(string root)
    {
        var patterns = new List<string>();
        foreach (var ignore in ignores)
        {
            if (FilterPatterns.Of(ignore.Pattern, root) is { } found)
                patterns.AddRange(found);
            else
                Fail(0, 6, $"MIRROR cannot leave out what the IGNORE at {ignore.File}:{ignore.LineNumber} matches",
                    "it understands literal text and .* in them: write --exclude=PATTERN behind MIRROR, and that IGNORE in another rule");
        }
        return patterns;
    }

    /// <summary>The directory that a regex is about: all of ^/a/directory, else the directories that its literal beginning names.</summary>
    private static string? RootOf(PathPattern pattern)
    {
        var literal = ArgumentText.Decode(pattern.LiteralPrefix);
        if (!literal.StartsWith('/'))
            return null;
        return pattern.IsPlainPrefix ? literal : literal[..Math.Max(1, literal.LastIndexOf('/'))];
    }

    private RuleAction? Http()
    {
        const string Usage = "HTTP POST http://host/path";
        var words = Rest.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["POST", var url])
            return Fail(0, _text.Length, "HTTP needs POST and one address", Usage);
        var good = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        return good
            ? new HttpAction(_text, Template.Parse(url))
            : Fail(_text.Length - url.Length, url.Length, "the address is not an http or https URL", Usage);
    }

    private RuleAction? Append()
    {
        var words = ShellWords.Parse(Rest, forShell: false);
        var isAbsolute = words.Words is [{ Parts: [var first, ..] }, ..]
            && (first.Literal.StartsWith('/') || first.Value is Substitution.DIRNAME or Substitution.FILE);
        if (!isAbsolute)
            return Fail(0, _text.Length, "APPEND needs a file, as an absolute path", "APPEND /var/log/changes [text]");
        var text = words.Words.Count > 1 ? Rest[words.Offsets[1]..] : "_TIME_ " + DefaultText;
        return new AppendAction(_text, words.Words[0], Template.Parse(text));
    }

    private RuleAction? Fail(int at, int length, string message, string? hint = null)
    {
        Say(Severity.Error, at, length, message, hint);
        return null;
    }

    private void Say(Severity severity, int at, int length, string message, string? hint = null) =>
        diagnostics.Add(line.Diagnose(severity, offset + at, length, message, hint));
}
