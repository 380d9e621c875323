using System.CommandLine;
using ChangedFiles.Cli.Commands;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Linux;

namespace ChangedFiles.Cli;

internal static class Program
{
    /// <summary>In bytes: longer than any line of a log.</summary>
    private const int OutputBuffer = 32 * 1024;

    private static int Main(string[] args) => args is ["rsync", ..] ? RsyncProgram.Run(args[1..]) : RunVerb(args);

    // Apart, so that nothing of the other commands is loaded for a transfer.
    private static int RunVerb(string[] args)
    {
        // Lines come out whole, also for who reads along: the console's own writer passes on each 256 bytes.
        Console.SetOut(new StreamWriter(new OutputStream(1), bufferSize: OutputBuffer) { AutoFlush = true });
        var root = new RootCommand("Realtime filesystem replication over the rsync protocol.")
        {
            MirrorCommand.Create(),
            StatusCommand.Create(),
            WaitCommand.Create(),
            VerifyCommand.Create(),
            ResumeCommand.Create(),
            WatchCommand.Create(),
            RunCommand.Create(),
            ReloadCommand.Create(),
            RetryCommand.Create(),
            CheckCommand.Create(),
            ExplainCommand.Create(),
            ImportCommand.Create(),
        };
        return root.Parse(args).Invoke();
    }
}
