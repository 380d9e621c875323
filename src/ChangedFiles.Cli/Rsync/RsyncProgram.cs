using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Rsync;

/// <summary><c>changedfiles rsync</c> from the outside: words in, exit code out.</summary>
internal static class RsyncProgram
{
    /// <summary>Reads the command line, answers what needs no session, and hands over the rest.</summary>
    /// <param name="count">How many of the process's last arguments are rsync's.</param>
    /// <param name="run">Runs a transfer, server or daemon; what it throws is reported as its end.</param>
    public static int Run(int count, Func<RsyncInvocation, ExitCode> run)
    {
        var words = ProcessFacts.Arguments(count);
        var who = words.Count > 0 && words[0] == "--server" ? "server" : "client";
        try
        {
            var invocation = RsyncCommandLine.Parse(words, Environment.GetEnvironmentVariable, ProcessFacts.Umask());
            if (invocation.Mode == InvocationMode.Print)
            {
                Console.Out.Write(invocation.Text);
                return (int)ExitCode.Success;
            }
            return (int)run(invocation);
        }
        catch (RsyncException error)
        {
            Console.Error.Write(RsyncCommandLine.Explain(error, who));
            return (int)error.ExitCode;
        }
    }
}
