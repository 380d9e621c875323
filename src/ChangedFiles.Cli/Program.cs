using System.CommandLine;
using System.CommandLine.Invocation;
using ChangedFiles.Cli.Commands;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli;

internal static class Program
{
    /// <summary>In bytes: longer than any line of a log.</summary>
    private const int OutputBuffer = 32 * 1024;

    /// <summary>What a shell says of a program that SIGPIPE ended.</summary>
    private const int EndedByPipe = 141;

    private static int Main(string[] args) => args is ["rsync", ..] ? RsyncProgram.Run(args[1..]) : RunVerb(args);

    // Apart, so that nothing of the other commands is loaded for a transfer.
    private static int RunVerb(string[] args)
    {
        // A mirror goes on when nobody reads what it says.
        Console.SetOut(Lines(new OutputStream(1, mayBeLost: args is ["mirror" or "run", ..])));
        Console.SetError(Lines(new OutputStream(2, mayBeLost: true)));
        var result = Verbs().Parse(args);
        if (result.Action is ParseErrorAction error && args.Length > 0)
            error.ShowHelp = false; // what is wrong would scroll away
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (IOException failure)
        {
            if (failure.HResult == (int)Errno.EPIPE)
                return EndedByPipe;
            Console.Error.WriteLine($"changedfiles: {failure.Message}");
            return (int)ExitCode.FileIO;
        }
    }

    /// <summary>Lines come out whole, also for who reads along: the console's own writer passes on each 256 bytes.</summary>
    private static StreamWriter Lines(OutputStream stream) => new(stream, bufferSize: OutputBuffer) { AutoFlush = true };

    private static RootCommand Verbs() => new("Realtime filesystem replication over the rsync protocol.")
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
        new Command("rsync", "rsync's command line, to stand in its place: changedfiles rsync --help."), // run by Main
    };
}
