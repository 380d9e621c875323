namespace ChangedFiles.TestKit;

/// <summary>A remote shell without a network: takes what rsync gives to ssh, drops user and host, and runs the rest here.</summary>
public sealed class RemoteShell : IDisposable
{
    private const string Script =
        """
        [ "$1" = -l ] && shift 2
        shift; exec sh -c "$*"
        """;

    private readonly TempDirectory _directory = new();

    public RemoteShell() => Command = $"sh {_directory.Write("remote-shell", Script)}";

    /// <summary>For rsync's <c>-e</c>.</summary>
    public string Command { get; }

    public void Dispose() => _directory.Dispose();
}
