using System.CommandLine;
using ChangedFiles.Cli.Output;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Transports;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles mirror SRC DEST</c>: the main job.</summary>
internal static class MirrorCommand
{
    private static readonly Argument<string> Source = new("SRC") { Description = "The directory. With a trailing slash its contents, without it the directory itself." };
    private static readonly Argument<string> Destination = new("DEST") { Description = "rsync://[user@]host[:port]/module[/path], [user@]host::module[/path], [user@]host:path (over ssh), or a local directory." };
    private static readonly Option<string[]> To = new("--to") { Description = "A further destination; may be given several times.", HelpName = "DEST" };
    private static readonly Option<bool> Once = new("--once") { Description = "Stop when both sides are equal." };
    private static readonly Option<bool> DryRun = new("--dry-run", "-n") { Description = "Only tell what the first sync would change, then stop." };
    private static readonly Option<bool> NoDelete = new("--no-delete") { Description = "Keep at the destination what is gone at the source." };
    private static readonly Option<string> MaxDelete = new("--max-delete") { Description = "Hold when more names than this, or this share of them, would be deleted within a minute.", HelpName = "NUM|PERCENT%" };
    private static readonly Option<bool> NumericIds = new("--numeric-ids") { Description = "Owners and groups by number, not by name." };
    private static readonly Option<string> PasswordFile = new("--password-file") { Description = "For daemons that ask for a password (or set RSYNC_PASSWORD).", HelpName = "FILE" };
    private static readonly Option<int> Port = new("--port") { Description = "The daemon's port.", DefaultValueFactory = _ => DaemonAddress.DefaultPort };
    private static readonly Option<string> Rsh = new("--rsh", "-e") { Description = "The remote shell, with options (or set RSYNC_RSH).", HelpName = "COMMAND", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RSYNC_RSH") ?? "ssh" };
    private static readonly Option<string> RsyncPath = new("--rsync-path") { Description = "The rsync of the other machine.", HelpName = "PROGRAM", DefaultValueFactory = _ => "rsync" };
    private static readonly Option<EventSourceKind> WatchWith = new("--source") { Description = "How changes are seen." };
    private static readonly Option<string[]> Exclude = new("--exclude") { Description = "Leave out what matches; the destination keeps what it has there.", HelpName = "PATTERN" };
    private static readonly Option<string[]> Include = new("--include") { Description = "Do not leave out what matches.", HelpName = "PATTERN" };
    private static readonly Option<string[]> Filter = new("--filter", "-f") { Description = "A filter rule as rsync knows it.", HelpName = "RULE" };
    private static readonly Option<string[]> ExcludeFrom = new("--exclude-from") { Description = "Patterns to leave out, one a line.", HelpName = "FILE" };
    private static readonly Option<string[]> IncludeFrom = new("--include-from") { Description = "Patterns not to leave out, one a line.", HelpName = "FILE" };
    private static readonly Option<bool> GitIgnore = new("--gitignore") { Description = "Leave out what .gitignore files name; an rsync server drops what it has of it." };
    private static readonly Option<double> Settle = new("--settle") { Description = "Deliver a change when its name has been left alone for so long.", HelpName = "SECONDS" };
    private static readonly Option<double?> WaitClose = new("--wait-close") { Description = "Deliver a file that is written to when it is closed, or after so long.", HelpName = "SECONDS" };
    private static readonly Option<double> Recheck = new("--recheck") { Description = "Look at the whole source so often, for stores through mmap, of which nobody is told.", HelpName = "SECONDS" };
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Name what is changed." };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line." };

    private const double LongestTime = 86_400;

    public static Command Create()
    {
        var command = new Command("mirror", "Keep DEST equal to SRC: sync once, then follow every change within milliseconds.")
        {
            Source, Destination, To, Once, DryRun, NoDelete, MaxDelete, NumericIds, PasswordFile, Port, Rsh, RsyncPath, WatchWith,
            Exclude, Include, Filter, ExcludeFrom, IncludeFrom, GitIgnore, Settle, WaitClose, Recheck, Verbose, Json,
        };
        command.SetAction(parsed => (int)Guard(() => Run(parsed)));
        return command;
    }

    private static ExitCode Run(ParseResult parsed)
    {
        var source = parsed.GetRequiredValue(Source);
        var rules = Rules(parsed);
        var settings = new MirrorSettings
        {
            Filters = [.. rules.ToWire(FilterSide.Sender)],
            Port = parsed.GetValue(Port),
            DryRun = parsed.GetValue(DryRun),
            NamesChanges = parsed.GetValue(Verbose),
            Delete = !parsed.GetValue(NoDelete),
            MaxDelete = Limit(parsed.GetValue(MaxDelete)),
            NumericIds = parsed.GetValue(NumericIds),
            Rsh = parsed.GetValue(Rsh)!,
            RsyncPath = parsed.GetValue(RsyncPath)!,
            PasswordFile = parsed.GetValue(PasswordFile),
        };
        var ownName = DestinationArgument.OwnName(source);
        string[] targets = [parsed.GetRequiredValue(Destination), .. parsed.GetValue(To) ?? []];
        var destinations = targets.Select(target => DestinationArgument.Parse(target, ownName, settings)).ToList();
        var root = SourceRoot.Open(source);
        var once = parsed.GetValue(Once) || parsed.GetValue(DryRun);
        var options = new MirrorOptions
        {
            Once = once,
            Watch = new WatchOptions { Kind = parsed.GetValue(WatchWith) },
            Rules = rules,
            Settle = Time(Settle, parsed.GetValue(Settle)),
            WaitClose = parsed.GetValue(WaitClose) is { } longest ? Time(WaitClose, longest) : null,
            Recheck = Time(Recheck, parsed.GetValue(Recheck)),
            StateDirectory = once ? null : StateFile.DefaultDirectory,
            Variant = Variant(parsed),
        };
        using var mirror = new Mirror(root, options, destinations);
        var report = parsed.GetValue(Json)
            ? (MirrorReport)new JsonMirrorReport(Console.Out) { DryRun = parsed.GetValue(DryRun) }
            : new TextMirrorReport(Console.Out, Console.IsOutputRedirected ? 0 : Math.Max(20, Console.WindowWidth))
            {
                Verbose = parsed.GetValue(Verbose),
                Once = options.Once,
                DryRun = parsed.GetValue(DryRun),
            };
        return new MirrorRun(mirror, report).Run(source);
    }

    private static TimeSpan Time(Option option, double seconds) => seconds is >= 0 and <= LongestTime
        ? TimeSpan.FromSeconds(seconds)
        : throw new UsageException($"{option.Name}: give a time between 0 and {LongestTime} seconds");

    private static DeletionLimit? Limit(string? text) =>
        text is null ? null
        : DeletionLimit.TryParse(text, out var limit) ? limit
        : throw new UsageException($"--max-delete={text}: give a number of names, or a share of them such as 30%");

    /// <summary>All options, but for those that make no difference to what is mirrored.</summary>
    private static string Variant(ParseResult parsed) => string.Join(' ', parsed.CommandResult.Children
        .OfType<System.CommandLine.Parsing.OptionResult>()
        .Where(option => option.Option != To && option.Option != Verbose && option.Option != Json && option.Option != WatchWith && option.Option != MaxDelete
            && option.Option != Settle && option.Option != WaitClose && option.Option != Recheck)
        .SelectMany(option => option.Tokens.Select(token => token.Value).Prepend(option.Option.Name)));

    /// <summary>The order on the command line is the order of the rules, across all five options.</summary>
    private static FilterRules Rules(ParseResult parsed)
    {
        var rules = new FilterRulesBuilder { GitIgnore = parsed.GetValue(GitIgnore) };
        Func<string, FilterRulesBuilder>? add = null;
        foreach (var token in parsed.Tokens)
        {
            if (token.Type == System.CommandLine.Parsing.TokenType.Option)
            {
                add = token.Value switch
                {
                    "--exclude" => rules.AddExclude,
                    "--include" => rules.AddInclude,
                    "--filter" or "-f" => rules.AddFilter,
                    "--exclude-from" => rules.AddExcludeFrom,
                    "--include-from" => rules.AddIncludeFrom,
                    _ => null,
                };
                continue;
            }
            add?.Invoke(token.Value);
            add = null;
        }
        return rules.Build();
    }

    /// <summary>Foreseen failures are one line on stderr and rsync's exit code.</summary>
    private static ExitCode Guard(Func<ExitCode> run)
    {
        try
        {
            return run();
        }
        catch (Exception failure) when (failure is UsageException or FilterException or SourceLostException or MirrorBusyException or WatchException)
        {
            Console.Error.WriteLine($"changedfiles: {failure.Message}");
            return failure switch
            {
                UsageException => ExitCode.SyntaxOrUsage,
                FilterException wrong => wrong.ExitCode,
                _ => ExitCode.FileSelection,
            };
        }
    }
}
