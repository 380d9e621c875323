using ChangedFiles.Cli.Rsync;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Engine.Running;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Transports;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Cli.Commands;

/// <summary>rsync's words in rule files: which lines can run inside this process, and how they and MIRROR get there.</summary>
internal static class RuleRsync
{
    private const string NoDelete = "--no-delete";

    /// <summary>See <see cref="RsyncReader"/>.</summary>
    public static RsyncReading Read(IReadOnlyList<string> words)
    {
        try
        {
            var line = Parse(words);
            if (WhyNot(line) is { } whyNot)
                return RsyncReading.No(whyNot);
            var isModule = line.Remote?.Kind == LocationKind.Daemon && line.Destination == line.Remote.Module && Template.Parse(line.Destination).Fixed is not null;
            var destination = isModule ? line.Destination + "/" : line.Destination!;
            return new RsyncReading(line.Sources[0], line.Options.Selection.Relative ? destination.TrimEnd('/') + line.Sources[0] : destination)
            {
                WhyNoMirror = WhyNoMirror(line, words),
            };
        }
        catch (RsyncException wrong)
        {
            return RsyncReading.No("rsync does not take it: " + wrong.Message.Split('\n')[0]);
        }
        catch (Exception wrong) when (wrong is UsageException or FilterException)
        {
            return RsyncReading.No(wrong.Message);
        }
    }

    /// <summary>See <see cref="RsyncRouter"/>.</summary>
    public static IRsyncPlace Open(RsyncAction action, string source, string destination, ILogger log)
    {
        var line = Parse(action.Words);
        try
        {
            return IsBatch(line)
                ? new BatchPlace(source, Maker(line, destination, action.Words), line.Options.Selection.Recurse, line.ReadFilters())
                : new SessionPlace(line, source, destination, log);
        }
        catch (Exception wrong) when (wrong is UsageException or FilterException)
        {
            throw new DestinationException(wrong.Message, permanent: false, ExitCode.SyntaxOrUsage, wrong);
        }
    }

    /// <summary>See <see cref="MirrorMaker"/>.</summary>
    public static Mirror Mirror(MirrorAction action, WatchOptions watch)
    {
        string[] words = ["-a", "--delete", .. action.Options, .. action.Excludes.Select(p => "--exclude=" + p), action.Root.TrimEnd('/') + "/", action.Destination];
        var line = Parse(words);
        var options = new MirrorOptions { Watch = watch, Rules = line.ReadFilters() };
        return new Mirror(SourceRoot.Open(action.Root), options, [Maker(line, line.Destination!, words)]);
    }

    private static RsyncInvocation Parse(IReadOnlyList<string> words) =>
        RsyncCommandLine.Parse([.. words.Where(word => word != NoDelete)], Environment.GetEnvironmentVariable);

    private static DestinationMaker Maker(RsyncInvocation line, string path, IReadOnlyList<string> words)
    {
        var settings = new MirrorSettings
        {
            Delete = line.Options.Deletion.Mode != DeleteMode.None && !words.Contains(NoDelete),
            NumericIds = line.Options.Preserve.NumericIds,
            PasswordFile = line.Connection.PasswordFile,
            Rsh = line.Connection.Rsh ?? RemoteShellCommand.DefaultShell,
            RsyncPath = line.Connection.RsyncPath,
            Filters = [.. line.ReadFilters().ToWire(FilterSide.Sender)],
        };
        var location = (line.Remote ?? new Location(LocationKind.Local, path)) with { Path = path };
        return DestinationArgument.Make(words[^1], location, "", settings);
    }

    private static string? WhyNot(RsyncInvocation line) =>
        line.Mode != InvocationMode.Transfer || line.Destination is null || line.Options.ListOnly ? "it is no transfer"
        : line.Remote is not null && !line.Push ? "it fetches"
        : line.Sources is not [var source] ? "it has several sources"
        : line.Options.Selection.FilesFrom is not null || line.ReadBatch is not null || line.WriteBatch is not null ? "it takes its names from elsewhere"
        : line.Options.Preserve.CopyAs is not null ? "it copies as another user"
        : line.Remote is null && !line.Destination.StartsWith('/') ? "the destination is no absolute path"
        : !source.EndsWith('/') && line.Filters.Any(f => f.Option is not (FilterOption.Exclude or FilterOption.Include) || f.Text.StartsWith('/'))
            ? "filter rules other than --exclude and --include depend on where the transfer begins"
        : null;

    private static string? WhyNoMirror(RsyncInvocation line, IReadOnlyList<string> words)
    {
        if (!IsBatch(line))
            return "its options are other than --exclude and its kind, --numeric-ids, --no-delete, --password-file, --port, --rsh, --rsync-path";
        try
        {
            _ = Maker(line, line.Destination!, words);
            return null;
        }
        catch (UsageException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>True when a batch of the mirror does the same: it always keeps what -aH keeps.</summary>
    private static bool IsBatch(RsyncInvocation line)
    {
        var options = line.Options;
        var connection = line.Connection with { PasswordFile = null, Password = null, NoMotd = false, Rsh = null };
        if (line.Remote?.Kind == LocationKind.Shell)
            connection = connection with { ShellToDaemon = false, RsyncPath = "rsync" };
        return connection == new ConnectionOptions() && TransferOptions.Archive == options with
        {
            Preserve = options.Preserve with { HardLinks = 0, NumericIds = false },
            Selection = options.Selection with { Relative = false },
            Deletion = options.Deletion with { Mode = DeleteMode.None },
            Wire = options.Wire with { Timeout = 0 },
        };
    }
}
