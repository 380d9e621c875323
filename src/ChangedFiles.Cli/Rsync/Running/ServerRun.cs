using System.Buffers;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary><c>rsync --server</c>: the other end of a client's remote shell, on standard input and output.</summary>
internal sealed class ServerRun(Connection connection)
{
    private readonly Lock _lock = new();
    private Session? _session;
    private ServerLog? _log;
    private StderrMode _mode;

    /// <summary>Runs the server of a process.</summary>
    public static ExitCode Run(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        using var connection = new Connection(
            new SafeFileHandle(0, ownsHandle: false), new SafeFileHandle(1, ownsHandle: false), cancellation: cancellation);
        return new ServerRun(connection).Serve(words, cancellation);
    }

    private ExitCode Serve(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var who = words.Contains("--sender") ? "sender" : "Receiver";
        try
        {
            return Session(words, cancellation).ExitCode;
        }
        catch (RsyncException failure)
        {
            if (!failure.FromPeer)
            {
                foreach (var line in RsyncCommandLine.Explain(failure, who).SelectMany(lines => lines.Split('\n')))
                    Say(MessageCode.Error, line);
                _session?.GiveUp(failure.ExitCode);
            }
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Say(MessageCode.Error, ExitCode.Signal.LastLine("transfer", who, VersionPage.Compatible));
            _session?.GiveUp(ExitCode.Signal);
            return ExitCode.Signal;
        }
    }

    private TransferResult Session(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var setup = new ServerSetup(connection);
        var invocation = Parse(words);
        var secluded = invocation.Server!.SecludedArgsFollow;
        if (secluded)
            invocation = Parse([.. words, .. setup.ReadSecludedWords()]);
        var request = invocation.Server!;
        _mode = request.Report.Stderr;
        _session = setup.Open(request);
        _session.OnSay = Say;
        using (_log = ServerLog.Open(invocation, _session))
        {
            CopyUser.Become(request.Options.Preserve.CopyAs);
            var events = (_log?.Handlers ?? new()) with
            {
                OnListed = entry => Say(MessageCode.Info, ArgumentText.Decode(ListingLine.Of(entry, request.Options.Preserve.Atimes, human: 1))),
            };
            var role = new ServerRole { Request = request, ExpandsWildcards = secluded, Confined = true, Events = events };
            var result = role.Run(_session, cancellation);
            _log?.End(result);
            return result;
        }
    }

    private static RsyncInvocation Parse(IReadOnlyList<string> words) => RsyncCommandLine.Parse(words, _ => null);

    /// <summary>Errors go to this side's own standard error, which the remote shell brings to the client's user (docs/protocol.md 1.1).</summary>
    private void Say(MessageCode code, string line)
    {
        _log?.Say(code, line);
        var isOwn = _mode == StderrMode.All || (_mode == StderrMode.Errors && code != MessageCode.Info);
        if (!isOwn && _session is not null)
        {
            _session.SayToPeer(code, line);
            return;
        }
        var text = new ArrayBufferWriter<byte>(line.Length + 1);
        NameEscape.Write(ArgumentText.Encode(line), NameEscape.OfLocale(Environment.GetEnvironmentVariable), text);
        text.Write("\n"u8);
        lock (_lock)
        {
            using var error = new OutputStream(2);
            error.Write(text.WrittenSpan);
        }
    }
}
