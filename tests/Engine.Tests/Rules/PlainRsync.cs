using ChangedFiles.Engine.Rules.Actions;

namespace ChangedFiles.Engine.Tests.Rules;

/// <summary>Takes every rsync command for one that can run in-process: the last two words are source and destination.</summary>
internal static class PlainRsync
{
    public static RsyncReading Read(IReadOnlyList<string> words) =>
        words is [.., var source, var destination] ? new RsyncReading(source, destination[(destination.LastIndexOf(':') + 1)..]) : RsyncReading.No("too short");
}
