using Microsoft.Extensions.Logging;

namespace ChangedFiles.Engine.Running;

/// <summary>What the log hears of rules at work. A place is file:line of the rule file.</summary>
internal static partial class Messages
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Place}: {Line}")]
    public static partial void CommandSaid(this ILogger log, string place, string line);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Text}")]
    public static partial void RuleSaid(this ILogger log, string text);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Place}: not run for what it wrote itself")]
    public static partial void OwnWrite(this ILogger log, string place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place}: the action for {Path} starts itself again by what it writes ({Count} runs "
        + "in a row): its next run waits {Seconds} s; let it write elsewhere, or IGNORE what it writes")]
    public static partial void Looping(this ILogger log, string place, string path, int count, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place}: {What}: {Reason}; {Next}")]
    public static partial void ActionFailed(this ILogger log, string place, string what, string reason, string next);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Place}: the action broke")]
    public static partial void ActionBroke(this ILogger log, Exception exception, string place);

    [LoggerMessage(Level = LogLevel.Error, Message = "cannot write {File}, a failed action is not kept: {Reason}")]
    public static partial void LetterLost(this ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Directory}: events were lost, and the actions for them; "
        + "raise fs.inotify.max_queued_events")]
    public static partial void EventsLost(this ILogger log, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Directory}: removed, moved away or unmounted; watching for it to come back")]
    public static partial void RootGone(this ILogger log, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Directory}/{Below} is not watched: {Reason}")]
    public static partial void NotWatched(this ILogger log, string directory, string below, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Directory}: watching has ended: {Reason}")]
    public static partial void WatchingEnded(this ILogger log, string directory, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "watching {Directory} with {Source}")]
    public static partial void Watching(this ILogger log, string directory, string source);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Place}: {What}: done in {Milliseconds} ms")]
    public static partial void ActionDone(this ILogger log, string place, string what, long milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Place}: {Operation} {Path}: would run [{Manner}] {Action}")]
    public static partial void WouldDo(this ILogger log, string place, string operation, string path, string manner, string action);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} actions were not done: they are in {File} for changedfiles retry")]
    public static partial void LeftUndone(this ILogger log, int count, string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Place}: mirroring {Root} to {Destination}")]
    public static partial void Mirroring(this ILogger log, string place, string root, string destination);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Place}: {Destination}: in sync: {Names} names compared, {Files} files sent")]
    public static partial void MirrorFollows(this ILogger log, string place, string destination, long names, long files);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place}: {Destination}: {State}: {Reason}")]
    public static partial void MirrorState(
        this ILogger log, string place, string destination, Destinations.DestinationState state, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place}: {Destination}: {Path}: {Reason}; it will be tried again")]
    public static partial void MirrorFailed(this ILogger log, string place, string destination, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place}: {Reason}; mirroring begins when it is there")]
    public static partial void MirrorWaits(this ILogger log, string place, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place}: {Text}")]
    public static partial void MirrorSaid(this ILogger log, string place, string text);
}
