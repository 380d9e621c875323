using System.Buffers;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Sessions.Receiving;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>What a pull said and did: the lines of <c>-i</c>, in order, and everything in words.</summary>
internal sealed record Pulled(TransferResult Result, string Items, string Said)
{
    public ExitCode ExitCode => Result.ExitCode;
}

/// <summary>Pulls from a daemon with the options of a command line, in this process.</summary>
internal static class Puller
{
    /// <param name="words">rsync's options, then the source below the module "mod", then the destination.</param>
    public static Pulled Pull(RsyncDaemon daemon, params IReadOnlyList<string> words)
    {
        var invocation = Cli.Rsync.RsyncCommandLine.Parse(
            [.. words.SkipLast(2), daemon.Url($"mod/{words[^2]}"), words[^1]], _ => null, Linux.FileModes.Umask);
        var (options, report) = (invocation.Options, invocation.Report);
        var arguments = new ServerArguments(options, report, push: false).ForDaemon("mod", [$"mod/{words[^2]}"]);
        KnownDaemon? known = null;
        using var session = DaemonClient.Open(new DaemonRequest
        {
            Address = new DaemonAddress("127.0.0.1", "mod", daemon.Port),
            Arguments = [.. arguments.Select(ArgumentText.Encode)],
            Protocol = options.Wire.Protocol,
            Wishes = NegotiationWishes.Of(options),
        }, ref known, TestContext.Current.CancellationToken);
        return Run(session, options, report, words[^1]);
    }

    private static Pulled Run(Session session, TransferOptions options, ReportOptions report, string destination)
    {
        var items = new ArrayBufferWriter<byte>();
        var format = new ItemFormat("%i %n%L");
        var context = new ItemFormatContext { Itemize = new ItemizeContext(Local: false, options.Preserve.Times) };
        var said = new List<string>();
        session.OnSay = (_, line) => Say(line);
        session.Messages.OnText = (_, line) => Say(line);
        FilterExchange.Send(session.Writer, Rsync.Filters.FilterRules.None, options, sending: false);
        var result = new ReceivingHalf
        {
            Options = options,
            Report = report,
            Destination = Destination.Local(destination),
            Events = new TransferEvents
            {
                OnItem = Print,
                OnTransferred = Print,
                OnDeleted = (in ItemReport item) => Print(item with { Flags = ItemFlags.Deleted }),
            },
        }.Run(session, TestContext.Current.CancellationToken);
        return new Pulled(result, ArgumentText.Decode(items.WrittenSpan), string.Join('\n', said));

        void Print(in ItemReport item)
        {
            format.Write(item, context, items);
            items.Write("\n"u8);
        }

        void Say(string line)
        {
            lock (said)
                said.Add(line);
        }
    }
}
