using System.Net.Sockets;
using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.TestKit;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>How a session with a hostile peer ended.</summary>
internal sealed record Outcome(TransferResult? Result, Exception? Failure, long Allocated)
{
    public override string ToString() => Failure?.ToString() ?? $"ended with {Result!.ExitCode}";
}

/// <summary>
/// A directory that a session works in, with things beside it that it must leave alone. After each case it is seen whether they are as they
/// were, and whether every file inside is one of the whole versions.
/// </summary>
internal sealed class HostileBed : IDisposable
{
    private const long MaxAllocated = 48 << 20;

    private readonly TempDirectory _place = new();
    private readonly HashSet<string> _whole = [];
    private readonly string _outside;
    private readonly LocalTree _tree;

    public HostileBed()
    {
        LocalTree.Open(_place.Path, out var tree);
        _tree = tree!;
        _place.Write("canary", "untouched");
        _place.Write("secret/key", "secret");
        _place.Symlink("secret/link", "key");
        Root = _place.Mkdir("root");
        _outside = Outside();
    }

    public string Root { get; }

    /// <summary>A directory beside <see cref="Root"/>.</summary>
    public string Secret => _place["secret"];

    /// <summary>Makes the directory anew. What is put in then is whole, and so is what is allowed.</summary>
    public void Reset(Action<string> fill)
    {
        Assert.Equal(Errno.None, _tree.RemoveTree(RootName));
        Directory.CreateDirectory(Root);
        fill(Root);
    }

    /// <summary>A whole version of a file.</summary>
    public void Allow(ReadOnlySpan<byte> content) => _whole.Add(Encoding.Latin1.GetString(content));

    /// <summary>All the files of a directory are whole versions.</summary>
    public void Allow(string directory)
    {
        LocalTree.Open(directory, out var tree);
        using (tree)
            _whole.UnionWith(Files(tree!, TreePath.Root).Select(file => file.Content));
    }

    /// <summary>Runs a role with a peer that speaks through the library's own connection.</summary>
    public Outcome Converse(HostileRole role, Action<Rsync.Wire.Connection> peer, TimeSpan? timeout = null) => Run(role, socket =>
    {
        using var handle = new SafeFileHandle(socket.SafeHandle.DangerousGetHandle(), ownsHandle: false);
        using var connection = new Rsync.Wire.Connection(handle, handle) { Timeout = TimeSpan.FromSeconds(10) };
        peer(connection);
    }, timeout);

    /// <summary>Runs a role with a peer at the other end.</summary>
    /// <param name="peer">Talks to it; how its end of the connection fails does not matter.</param>
    /// <param name="timeout">The role's time-out.</param>
    public Outcome Run(HostileRole role, Action<Socket> peer, TimeSpan? timeout = null)
    {
        var (connection, socket) = Wire.Pair(timeout ?? TimeSpan.FromSeconds(15));
        var talking = Wire.Background(() => Talk(peer, socket));
        Outcome? outcome = null;
        var running = Wire.Background(() => outcome = Run(role, connection));
        Assert.True(running.Join(TimeSpan.FromSeconds(30)), $"{role} does not end");
        // The peer finds its end closed. Disposed of before, its descriptor would soon be another test's, and the peer read from that.
        Assert.True(talking.Join(TimeSpan.FromSeconds(30)), $"the peer of {role} does not end");
        socket.Dispose();
        return outcome!;
    }

    /// <summary>Nothing outside has been touched, nothing half-written stands inside, and the session ended as sessions end.</summary>
    public void Check(Outcome outcome, string what)
    {
        Assert.True(outcome.Failure is null or RsyncException, $"{what}: {outcome}");
        Assert.True(outcome.Allocated < MaxAllocated, $"{what}: {outcome.Allocated} bytes allocated; {outcome}");
        Assert.Equal(_outside, Outside());
        _tree.Forget();
        foreach (var (path, content) in Files(_tree, RootName))
            Assert.True(_whole.Contains(content), $"{what}: {path} is half-written; {outcome}");
    }

    public void Dispose()
    {
        _tree.Dispose();
        _place.Dispose();
    }

    private static TreePath RootName => TreePath.Root.Child("root"u8);

    private Outcome Run(HostileRole role, Rsync.Wire.Connection connection)
    {
        using (connection)
        {
            try
            {
                return new Outcome(role.Run(connection, Root), null, GC.GetAllocatedBytesForCurrentThread());
            }
            catch (Exception failure)
            {
                return new Outcome(null, failure, GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }

    /// <summary>Lets a peer say what it has to say, and then listens until the other side has gone.</summary>
    public static void Talk(Action<Socket> peer, Socket socket)
    {
        try
        {
            peer(socket);
            socket.Shutdown(SocketShutdown.Send);
            for (var buffer = new byte[32 << 10]; socket.Receive(buffer) > 0;)
            {
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            // Ours has ended, or was told that this is the end.
            socket.Dispose();
        }
    }

    /// <summary>Everything beside the root, with contents and times.</summary>
    private string Outside()
    {
        var text = new StringBuilder();
        foreach (var path in Directory.EnumerateFileSystemEntries(_place.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal))
                continue;
            var file = new FileInfo(path);
            text.Append($"{path} {file.UnixFileMode} {file.LastWriteTimeUtc:O} {file.LinkTarget} ");
            text.AppendLine(file.Exists ? File.ReadAllText(path) : "");
        }
        return text.ToString();
    }

    /// <summary>The files that hold something, in every directory; names are bytes.</summary>
    private static IEnumerable<(TreePath Path, string Content)> Files(LocalTree tree, TreePath directory)
    {
        var names = new List<byte[]>();
        tree.List(directory, names);
        foreach (var path in names.Select(name => directory.Child(name)))
        {
            if (tree.Stat(path, out var stat) != Errno.None)
                continue;
            if (stat.IsDirectory)
            {
                foreach (var below in Files(tree, path))
                    yield return below;
            }
            else if (stat.IsRegular && stat.Size > 0 && Content(tree, path, (int)stat.Size) is { } content)
            {
                yield return (path, content);
            }
        }
    }

    /// <summary>Null for a file that somebody has just moved.</summary>
    private static string? Content(LocalTree tree, TreePath path, int size)
    {
        if (tree.Open(path, out var file) != Errno.None)
            return null;
        using (file)
        {
            var content = new byte[size];
            file!.Read(content, 0, out var read);
            return Encoding.Latin1.GetString(content, 0, read);
        }
    }
}
