using System.Buffers;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>What a pull said and did: the lines of <c>-i</c>, in order, and everything in words.</summary>
internal sealed record Pulled(TransferResult Result, IReadOnlyList<string> Items, string Said)
{
    public ExitCode ExitCode => Result.ExitCode;
}

/// <summary>Pulls from the module "mod" of a daemon with the options of a command line, in this process.</summary>
internal static class Puller
{
    /// <param name="destination">As a user writes it.</param>
    /// <param name="options">rsync's options.</param>
    public static Pulled Pull(RsyncDaemon daemon, string destination, params IEnumerable<string> options) =>
        Pull(daemon.Port, destination, options);

    /// <inheritdoc cref="Pull(RsyncDaemon, string, IEnumerable{string})"/>
    public static Pulled Pull(int port, string destination, params IEnumerable<string> options)
    {
        var invocation = RsyncCommandLine.Parse([.. options, $"rsync://127.0.0.1:{port}/mod/", destination], _ => null);
        KnownDaemon? known = null;
        using var session = DaemonClient.Open(new DaemonRequest
        {
            Address = new DaemonAddress("127.0.0.1", "mod", port),
            Arguments = [.. invocation.ServerWords.ForDaemon("mod", invocation.RemotePaths).Select(ArgumentText.Encode)],
            Protocol = invocation.Options.Wire.Protocol,
            ConnectTimeout = TimeSpan.FromSeconds(Math.Max(5, invocation.Options.Wire.Contimeout)),
            Timeout = TimeSpan.FromSeconds(invocation.Options.Wire.Timeout),
            Wishes = NegotiationWishes.Of(invocation.Options),
        }, ref known, TestContext.Current.CancellationToken);
        return Run(session, invocation, destination);
    }

    private static Pulled Run(Session session, RsyncInvocation invocation, string destination)
    {
        var items = new ArrayBufferWriter<byte>();
        var format = new ItemFormat("%i %n%L");
        var context = new ItemFormatContext { Itemize = new ItemizeContext(Local: false, invocation.Options.Preserve.Times) };
        var said = new List<string>();
        session.OnSay = (_, line) => Say(line);
        session.Messages.OnText = (_, line) => Say(line);
        var result = new ClientPull
        {
            Options = invocation.Options,
            Report = invocation.Report,
            Sources = [""],
            Destination = destination,
            Filters = invocation.ReadFilters(),
            Events = new TransferEvents
            {
                OnItem = Print,
                OnTransferred = Print,
                OnDeleted = (in ItemReport item) => Print(item with { Flags = ItemFlags.Deleted }),
            },
        }.Run(session, TestContext.Current.CancellationToken);
        return new Pulled(result, ArgumentText.Decode(items.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries), string.Join('\n', said));

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
