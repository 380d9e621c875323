using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.Interop.Tests.Mirrors;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Faults;

/// <summary>
/// A mirror that runs as a program of its own, so that it can be killed and stopped, and what is around it: both sides have neighbours that
/// nobody may touch, and links in the tree that lead to them.
/// </summary>
internal sealed class FaultBed : IDisposable
{
    // Less than the minute of quiet after which a mirror looks once more: what only that would repair has been lost.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    private readonly TempDirectory _temp = new();
    private readonly TargetKind _target;
    private readonly List<IDisposable> _owned = [];
    private readonly List<(string Directory, TreeSnapshot Before)> _neighbours = [];
    private ServerProcess? _mirror;

    /// <param name="target">What kind of destination.</param>
    /// <param name="sourceArea">Where the source and its neighbours are; null for a plain directory.</param>
    /// <param name="targetArea">The same of the destination.</param>
    public FaultBed(TargetKind target, string? sourceArea = null, string? targetArea = null)
    {
        _target = target;
        (SourceArea, TargetArea) = (sourceArea ?? _temp.Mkdir("source"), targetArea ?? _temp.Mkdir("target"));
        Source = Populate(SourceArea);
        Target = Populate(TargetArea);
        File.WriteAllText($"{Source}/stays", "so that the source is never empty");
        File.CreateSymbolicLink($"{Source}/out", "../outside");
        if (target == TargetKind.Local)
            return;
        Assert.SkipUnless(Privileges.IsRoot, "needs root: a daemon that cannot chroot changes links that lead out");
        Daemon = Own(new RsyncDaemon(
            target == TargetKind.RsyncInstalled ? RsyncVersion.Installed : RsyncVersion.Debian327, new RsyncModule("mod", TargetArea)));
        Address = $"127.0.0.1:{Daemon.Port}";
    }

    public string SourceArea { get; }

    public string TargetArea { get; }

    /// <summary>What is mirrored, as the loads write to it.</summary>
    public string Source { get; }

    /// <summary>The path by which the mirror reaches the source; another one than the loads' where that mount goes away.</summary>
    public string? MirroredPath { get; set; }

    public string Target { get; }

    public RsyncDaemon? Daemon { get; }

    /// <summary>Where the mirror reaches the daemon.</summary>
    public string Address { get; set; } = "";

    /// <summary>What stands before the program on its command line.</summary>
    public IReadOnlyList<string> Prefix { get; set; } = [];

    /// <summary>Where the mirror keeps what it knows over a restart.</summary>
    public string StateHome => _temp["state"];

    /// <summary>Further options of the mirror.</summary>
    public IReadOnlyList<string> Options { get; set; } = [];

    public ServerProcess Mirror => _mirror!;

    /// <summary>What the mirror said since it was last started.</summary>
    public string Said => _mirror is null ? "" : _mirror.Log;

    public T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }

    /// <summary>Starts the mirror, also after its end.</summary>
    public void Start()
    {
        _mirror?.Dispose();
        var destination = _target == TargetKind.Local ? Target + "/" : $"rsync://{Address}/mod/mirror/";
        string[] line =
        [
            .. Prefix, "env", $"XDG_STATE_HOME={StateHome}", ProgramRun.Path, "mirror", (MirroredPath ?? Source) + "/", destination,
            "--numeric-ids", "--json", .. Options,
        ];
        _mirror = new ServerProcess(_temp[$"mirror.{Guid.NewGuid():N}.log"], line[0], line[1..]);
    }

    /// <summary>Waits until everything is at the destination, and judges.</summary>
    public void AssertConverges()
    {
        try
        {
            Eventually.SameTrees(Source, Target, timeout: Patience);
            foreach (var (directory, before) in _neighbours)
                Assert.True(TreeDiff.Of(before, TreeSnapshot.Of(directory)) is { IsEmpty: true }, $"{directory} was touched");
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"mirror: {Tail(Said)}\ndaemon: {Tail(Daemon?.Log ?? "")}");
            throw;
        }
    }

    /// <summary>Removes what the loads made.</summary>
    public void Clear()
    {
        using var tree = new RawTree(Source);
        foreach (var name in tree.List("."u8).Where(name => !name.AsSpan().SequenceEqual("stays"u8) && !name.AsSpan().SequenceEqual("out"u8)))
            tree.Remove(name);
    }

    public void Dispose()
    {
        _mirror?.Dispose();
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _temp.Dispose();
    }

    private string Populate(string area)
    {
        var outside = Directory.CreateDirectory($"{area}/outside/deep").FullName;
        File.WriteAllText($"{outside}/file", "nobody may touch this");
        File.WriteAllText($"{area}/outside/stays", "nor this");
        _neighbours.Add(($"{area}/outside", TreeSnapshot.Of($"{area}/outside")));
        return Directory.CreateDirectory($"{area}/mirror").FullName;
    }

    private static string Tail(string text) => text.Length <= 8000 ? text : "..." + text[^8000..];
}
