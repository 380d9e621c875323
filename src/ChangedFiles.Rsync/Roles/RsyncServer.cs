using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Roles;

/// <summary>
/// rsync's <c>--server</c> for programs: does over any two-way stream what the client at its other end asks for, with the rights of this
/// process. Who may ask, and for what, the program decides before it calls.
/// </summary>
public static class RsyncServer
{
    /// <summary>Serves one session.</summary>
    /// <param name="client">Leads to the client; carries nothing else meanwhile. Not disposed of.</param>
    /// <param name="words">The words that the client would start a server with: <c>--server</c>, options, ".", paths.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <returns>How it ended: single files may have failed.</returns>
    /// <exception cref="RsyncException">It ended before its time; the client has been told why.</exception>
    public static async Task<TransferResult> ServeAsync(Stream client, IReadOnlyList<string> words, CancellationToken cancellation = default)
    {
        var (ours, theirs) = Descriptors.SocketPair();
        await using var bridge = new StreamBridge(client, theirs);
        return await SessionThread.Run(() =>
        {
            using var connection = new Connection(ours, ours, cancellation: cancellation);
            return Serve(connection, words, cancellation);
        }).ConfigureAwait(false);
    }

    private static TransferResult Serve(Connection connection, IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var setup = new ServerSetup(connection);
        var request = ServerRequest.Parse(words);
        var secluded = request.SecludedArgsFollow;
        if (secluded)
            request = ServerRequest.Parse([.. words, .. setup.ReadSecludedWords()]);
        var session = setup.Open(request);
        try
        {
            return new ServerRole { Request = request, ExpandsWildcards = secluded }.Run(session, cancellation);
        }
        catch (RsyncException failure) when (!failure.FromPeer)
        {
            session.Say(MessageCode.Error, $"rsync: {failure.Message}");
            session.GiveUp(failure.ExitCode);
            throw;
        }
    }
}
