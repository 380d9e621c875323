using ChangedFiles.Engine.Rules.Shell;
using ChangedFiles.Engine.Rules.Substitutions;

namespace ChangedFiles.Engine.Rules.Actions;

/// <summary>What an rsync command comes to, with <c>_FILE_</c> and the like still in it.</summary>
/// <param name="Source">The one local file or directory that is sent.</param>
/// <param name="Destination">The path at the destination, without the host; for a daemon it begins with the module.</param>
/// <param name="WhyNot">Why it cannot run inside this process; null when it can.</param>
public sealed record RsyncReading(string Source, string Destination, string? WhyNot = null)
{
    /// <summary>Why MIRROR cannot do the same for a directory; null when it can.</summary>
    public string? WhyNoMirror { get; init; }

    public static RsyncReading No(string why) => new("", "", why) { WhyNoMirror = why };
}

/// <summary>Understands the words of an rsync command, without the program's name.</summary>
public delegate RsyncReading RsyncReader(IReadOnlyList<string> words);

/// <summary>A shell or EXEC line that is nothing but <c>rsync options source destination</c> and so runs inside this process.</summary>
/// <param name="Source">The action as it stands in the rule file.</param>
/// <param name="Words">What stands behind <c>rsync</c>, quotes removed.</param>
/// <param name="From">What is sent: the file of the event, or a fixed path.</param>
/// <param name="To">The path at the destination.</param>
public sealed record RsyncAction(string Source, IReadOnlyList<string> Words, Template From, Template To) : RuleAction(Source)
{
    public override string Manner => "rsync in-process";

    /// <summary>The same place below the destination as below the watched directory: directories on the way are kept, too.</summary>
    public bool KeepsPath { get; } =
        To.Parts.Any(p => p.Value is Substitution.FILE or Substitution.NEW_FILE or Substitution.RELATIVE or Substitution.DIRNAME);

    /// <summary>
    /// Takes a line's words when they are such a command; else null, and in <paramref name="whyNot"/> the reason, if it is an rsync at all.
    /// </summary>
    internal static RsyncAction? Recognise(string source, ShellWords words, RsyncReader? reader, out string? whyNot)
    {
        whyNot = null;
        if (reader is null || words.Words is not [{ Fixed: { } program }, ..] || program.Split('/')[^1] != "rsync")
            return null;
        string[] texts = [.. words.Words.Skip(1).Select(word => word.ToString())];
        var reading = words.Failure is { } failure ? RsyncReading.No(failure.Message) : reader(texts);
        var (from, to) = (Template.Parse(reading.Source), Template.Parse(reading.Destination));
        var inOptions = words.Words.Any(word => word.Fixed is null && word.ToString() is var text
            && text != reading.Source && !text.EndsWith(reading.Destination, StringComparison.Ordinal));
        whyNot = reading.WhyNot ?? (inOptions ? "an option is another one each time" : WhyNot(from, to));
        return whyNot is null ? new RsyncAction(source, texts, from, to) : null;
    }

    private static string? WhyNot(Template from, Template to)
    {
        if (from.Fixed is { } path)
            return !path.StartsWith('/') ? "the source is no absolute path"
                : to.Fixed is null ? "the source is fixed, the destination is not"
                : path.EndsWith('/') || EndsAsDirectory(to) ? null : EndInSlash;
        if (from.Only is not (Substitution.FILE or Substitution.NEW_FILE))
            return "the source is not _FILE_";
        var known = to.Parts.All(p => p.Value is null or Substitution.FILE or Substitution.NEW_FILE or Substitution.BASENAME
            or Substitution.DIRNAME or Substitution.RELATIVE);
        return !known ? "the destination is another one each time"
            : EndsAsDirectory(to) || EndsAsName(to) ? null
            : EndInSlash;
    }

    private const string EndInSlash = "whether the destination is a directory only rsync can see there: end it in /";

    private static bool EndsAsDirectory(Template to) => to.Parts is [.., { Value: null } last] && last.Literal.EndsWith('/');

    /// <summary>The last component is the name of what is sent.</summary>
    private static bool EndsAsName(Template to) => to.Parts switch
    {
        [.., { Value: Substitution.FILE or Substitution.NEW_FILE }] => true,
        [.., var before, { Value: Substitution.BASENAME or Substitution.RELATIVE }] => before.Literal.EndsWith('/'),
        _ => false,
    };
}
