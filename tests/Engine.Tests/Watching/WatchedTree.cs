using System.Text;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>A directory on a real file system with a running source.</summary>
internal sealed class WatchedTree : IDisposable
{
    private readonly string? _temp;
    private readonly IEventSource _source;
    private int _marks;

    /// <param name="kind">Skips the test where this user may not have it.</param>
    /// <param name="root">An existing directory to watch; else a new one.</param>
    /// <param name="prepare">Fills the tree before it is watched.</param>
    /// <param name="inMemory">On a tmpfs where there is one: ext4 takes its time to give new inodes after many were removed.</param>
    public WatchedTree(
        EventSourceKind kind, WatchOptions? options = null, string? root = null, Action<string>? prepare = null, bool inMemory = false)
    {
        if (kind == EventSourceKind.Fanotify)
            Privileges.NeedsMount();
        Root = Directory.CreateDirectory(root ?? Path.Combine(_temp = Temporary(inMemory), "root")).FullName;
        prepare?.Invoke(Root);
        _source = Open(Encoding.UTF8.GetBytes(Root), (options ?? new()) with { Kind = kind });
        _source.Start(Sink);
    }

    public static TheoryData<EventSourceKind> Kinds => [EventSourceKind.Inotify, EventSourceKind.Fanotify];

    public string Root { get; }

    public string SourceName => _source.Name;

    /// <summary>A directory beside the root, on the same file system.</summary>
    public string Outside => Directory.CreateDirectory(Path.Combine(_temp!, "outside")).FullName;

    public RecordingSink Sink { get; } = new();

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Waits until everything done before has been reported.</summary>
    public IReadOnlyList<WatchEvent> Settle()
    {
        var mark = $"mark-{_marks++}";
        File.WriteAllText(this[mark], "");
        Eventually.True(() => Saw(mark, FileOperations.CloseWrite), $"the event of {mark}", () => Told(Sink.Seen));
        return Sink.Seen;
    }

    /// <summary>Waits for an event of a name with all of the operations in one or several.</summary>
    public void Expect(string path, FileOperations operations) =>
        Eventually.True(() => Saw(path, operations), $"{operations} of {path}", () => Told(Sink.Seen));

    public bool Saw(string path, FileOperations operations) =>
        (Sink.Seen.Where(seen => seen.Path == TreePath.Parse(path)).Aggregate(FileOperations.None, (all, seen) => all | seen.Operations)
            & operations) == operations;

    /// <summary>Does something and gives what was reported of it.</summary>
    public IReadOnlyList<WatchEvent> During(Action change)
    {
        Settle();
        Sink.Forget();
        change();
        return [.. Settle().Where(seen => !seen.Path.ToString().StartsWith("mark-", StringComparison.Ordinal))];
    }

    public static string Told(IEnumerable<WatchEvent> events) =>
        string.Join('\n', events.Select(seen => $"{seen.Operations} {(seen.OldPath.IsRoot ? "" : $"{seen.OldPath} -> ")}{seen.Path}"));

    public void Dispose()
    {
        Sink.Release();
        _source.Dispose();
        Sink.Dispose();
        if (_temp is not null)
            Command.Check("rm", "-rf", "--one-file-system", "--", _temp);
        Assert.Null(Sink.Failure);
    }

    private static string Temporary(bool inMemory) => inMemory && Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/changedfiles-test-{Guid.NewGuid():n}").FullName
        : Directory.CreateTempSubdirectory("changedfiles-test-").FullName;

    // In a container the temporary directory may be on an overlay; the tests that mount file systems do not look away like this.
    private IEventSource Open(ReadOnlySpan<byte> root, WatchOptions options)
    {
        try
        {
            return EventSources.Open(root, options);
        }
        catch (WatchException reason) when (options.Kind == EventSourceKind.Fanotify && _temp is not null)
        {
            Assert.Skip($"needs another temporary directory: {reason.Message}");
            throw;
        }
    }
}
