using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Sessions.Receiving;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Roles;

/// <summary>
/// rsync's client for programs: sends files to, and takes them from, any rsync. Places are written as rsync's users write them:
/// <c>rsync://[user@]host[:port]/module/path</c>, <c>host::module/path</c>, <c>[user@]host:path</c> through a remote shell, or a path of this
/// machine. A transfer runs in a thread of its own.
/// </summary>
public sealed record RsyncClient
{
    /// <summary>What is transferred and how; <c>-a</c> unless said otherwise.</summary>
    public TransferOptions Options { get; init; } = TransferOptions.Archive;

    /// <summary>What is left out.</summary>
    public FilterRules Filters { get; init; } = FilterRules.None;

    /// <summary>What is told on the way, item by item.</summary>
    public TransferEvents Events { get; init; } = new();

    /// <summary>Takes every line that either side has to say; may be called from several threads. Null drops them.</summary>
    public Action<MessageCode, string>? OnSay { get; init; }

    /// <summary>For daemons that ask for one; null when there is none.</summary>
    public byte[]? Password { get; init; }

    /// <summary>The remote shell with its options; null is ssh.</summary>
    public string? RemoteShell { get; init; }

    /// <summary>The program at the other end of the remote shell.</summary>
    public string RsyncPath { get; init; } = "rsync";

    /// <summary>Sends files of this machine.</summary>
    /// <param name="sources">Paths of this machine; "dir/" is the contents of a directory.</param>
    /// <param name="destination">A place elsewhere.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <returns>How it ended: single files may have failed (<see cref="TransferResult.ExitCode"/>).</returns>
    /// <exception cref="RsyncException">It ended before its time, or could not begin.</exception>
    public Task<TransferResult> PushAsync(IReadOnlyList<string> sources, string destination, CancellationToken cancellation = default) =>
        SessionThread.Run(() => Push(sources, destination, cancellation));

    /// <summary>Sends what is in <paramref name="source"/>, which may be no directory of a machine at all.</summary>
    /// <inheritdoc cref="PushAsync(IReadOnlyList{string}, string, CancellationToken)"/>
    public Task<TransferResult> PushAsync(IFileSource source, string destination, CancellationToken cancellation = default) =>
        SessionThread.Run(() => Push(source, destination, cancellation));

    /// <summary>Receives files into a place of this machine.</summary>
    /// <param name="source">A place elsewhere.</param>
    /// <param name="destination">A path of this machine.</param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <inheritdoc cref="PushAsync(IReadOnlyList{string}, string, CancellationToken)"/>
    public Task<TransferResult> PullAsync(string source, string destination, CancellationToken cancellation = default) =>
        SessionThread.Run(() => Pull(source, Destination.Local(destination, ReceivingTrees.Of(Options)), cancellation));

    /// <summary>Receives files into <paramref name="target"/>, which may be no directory of a machine at all.</summary>
    /// <inheritdoc cref="PullAsync(string, string, CancellationToken)"/>
    public Task<TransferResult> PullAsync(string source, IFileTarget target, CancellationToken cancellation = default) =>
        SessionThread.Run(() => Pull(source, new Destination { Tree = target }, cancellation));

    private TransferResult Push(IReadOnlyList<string> sources, string destination, CancellationToken cancellation)
    {
        using var session = Open(destination, push: true, cancellation);
        return new ClientPush { Options = Options, Sources = sources, Filters = Filters, Events = Events }.Run(session, cancellation);
    }

    private TransferResult Push(IFileSource source, string destination, CancellationToken cancellation)
    {
        using var session = Open(destination, push: true, cancellation);
        FilterExchange.Send(session, Filters, Options, sending: true);
        var root = new SourceRoot(source);
        return new SendingHalf
        {
            Options = Options,
            Open = (_, out opened) =>
            {
                opened = root;
                return Linux.Errno.None;
            },
            Arguments = ["./"u8.ToArray()],
            Filters = Filters,
            Events = Events,
        }.Run(session, cancellation);
    }

    private TransferResult Pull(string source, Destination destination, CancellationToken cancellation)
    {
        using var session = Open(source, push: false, cancellation);
        var place = Location.Parse(source);
        FilterExchange.Send(session, Filters, Options, sending: false);
        var argument = ArgumentText.Encode(place.Kind == LocationKind.Daemon ? place.PathInModule : place.Path);
        return new ReceivingHalf
        {
            Options = Options,
            Destination = destination,
            Filters = Filters,
            Requested = new RequestedNames(Options, [argument]),
            Events = Events,
        }.Run(session, cancellation);
    }

    private Session Open(string text, bool push, CancellationToken cancellation)
    {
        var place = Location.Parse(text);
        var words = new ServerArguments(Options, new ReportOptions(), push);
        var session = place.Kind switch
        {
            LocationKind.Daemon => OpenDaemon(place, words, cancellation),
            LocationKind.Shell => OpenShell(place, words.ForShell([place.Path]), cancellation),
            _ => OpenShell(place, words.ForProcess([place.Path]), cancellation),
        };
        session.Limit(Options.Wire);
        session.OnSay = session.Messages.OnText = OnSay;
        return session;
    }

    private Session OpenDaemon(Location place, ServerArguments words, CancellationToken cancellation)
    {
        var request = new DaemonRequest
        {
            Address = new DaemonAddress(place.Host, place.Module, place.Port == 0 ? DaemonAddress.DefaultPort : place.Port, place.User),
            Arguments = [.. words.ForDaemon(place.Module, [place.Path]).Select(ArgumentText.Encode)],
            Password = Password,
            Wishes = NegotiationWishes.Of(Options),
            Protocol = Options.Wire.Protocol,
            ConnectTimeout = TimeSpan.FromSeconds(Options.Wire.Contimeout),
            Timeout = TimeSpan.FromSeconds(Options.Wire.Timeout),
        };
        KnownDaemon? known = null;
        return DaemonClient.Open(request, ref known, cancellation);
    }

    /// <summary>A place on this machine is served by the rsync program of this machine.</summary>
    private Session OpenShell(Location place, IReadOnlyList<string> serverWords, CancellationToken cancellation)
    {
        IReadOnlyList<string> words = place.Kind == LocationKind.Local
            ? [RsyncPath, .. serverWords]
            : RemoteShellCommand.Words(RemoteShell, RsyncPath, 0, place, serverWords);
        var request = new RemoteShellRequest
        {
            Words = [.. words.Select(ArgumentText.Encode)],
            Wishes = NegotiationWishes.Of(Options),
            Protocol = Options.Wire.Protocol,
            Timeout = TimeSpan.FromSeconds(Options.Wire.Timeout),
            Unattended = true,
        };
        return Transports.RemoteShell.Open(request, cancellation);
    }
}
