using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>What tests of hostile senders share: ends of ours that receive, and how their sessions have to end.</summary>
public abstract class SenderAttacks : IDisposable
{
    private protected HostileBed Bed { get; } = new();

    public void Dispose()
    {
        Bed.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Both ends that receive.</summary>
    private protected static HostileRole[] Receivers(params string[] options) => [new(OurPart.Pull, options), new(OurPart.TakeFiles, options)];

    private protected void Refused(HostileRole[] roles, Action<ScriptedPeer> script, Action<string>? fill = null, string allowed = "")
    {
        foreach (var role in roles)
        {
            var failure = Assert.IsAssignableFrom<RsyncException>(Session(role, script, fill, allowed).Failure);
            // What the peer has to be told may meet its closed end before what it said is judged.
            Assert.True(
                failure.ExitCode is ExitCode.ProtocolIncompatibility or ExitCode.ProtocolStream or ExitCode.Unsupported
                || (failure.ExitCode == ExitCode.SocketIO && failure.Message.StartsWith("writing", StringComparison.Ordinal)), $"{role}: {failure}");
            Assert.DoesNotContain("unexpectedly closed", failure.Message, StringComparison.Ordinal);
        }
    }

    private protected void Session(HostileRole[] roles, Action<ScriptedPeer> script, Action<string>? fill = null, string allowed = "owned")
    {
        foreach (var role in roles)
            Session(role, script, fill, allowed);
    }

    private protected Outcome Session(HostileRole role, Action<ScriptedPeer> script, Action<string>? fill = null, string allowed = "owned")
    {
        if (fill is not null)
            Bed.Reset(fill);
        Bed.Allow(Encoding.ASCII.GetBytes(allowed));
        var outcome = Bed.Converse(role, connection => script(ScriptedPeer.Open(connection, role)));
        Bed.Check(outcome, role.ToString());
        return outcome;
    }

    /// <summary>Runs something while a name is moved away, is a link instead, and comes back, over and over.</summary>
    /// <param name="restored">Something to do with the thing itself while it is aside.</param>
    private protected void WhileSwapping(string name, string target, Action body, Action<string>? restored = null)
    {
        using var stop = new CancellationTokenSource();
        var path = $"{Bed.Root}/{name}";
        var swapping = Wire.Background(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                TryAll(
                    () => Directory.Move(path, path + "-aside"),
                    () => restored?.Invoke(path + "-aside"),
                    () => File.CreateSymbolicLink(path, target),
                    () => File.Delete(path),
                    () => Directory.Move(path + "-aside", path));
            }
        });
        try
        {
            body();
        }
        finally
        {
            stop.Cancel();
            Assert.True(swapping.Join(TimeSpan.FromSeconds(30)));
        }
    }

    private protected static string Put(string path, string content)
    {
        File.WriteAllText(path, content);
        return path;
    }

    private static void TryAll(params Action[] actions)
    {
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The session has made or taken it meanwhile.
            }
        }
    }
}
