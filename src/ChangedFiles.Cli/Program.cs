using System.CommandLine;
using ChangedFiles.Cli.Commands;

namespace ChangedFiles.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        var root = new RootCommand("Realtime filesystem replication over the rsync protocol.")
        {
            MirrorCommand.Create(),
            WatchCommand.Create(),
            CheckCommand.Create(),
            ExplainCommand.Create(),
            ImportCommand.Create(),
        };
        return root.Parse(args).Invoke();
    }
}
