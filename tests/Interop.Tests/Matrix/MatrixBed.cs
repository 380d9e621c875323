using ChangedFiles.Cli.Rsync;
using ChangedFiles.Interop.Tests.Commands;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>Directories to transfer between, daemons and shells: each run gets a copy of all of it, so that sources can be compared as well.</summary>
public sealed class MatrixBed : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RemoteShell _shell = new();
    private readonly Dictionary<RsyncVersion, RsyncDaemon> _daemons = [];
    private readonly Dictionary<RsyncVersion, string> _programs = [];
    private readonly Dictionary<(RsyncVersion, RsyncVersion, MatrixCase, bool), MatrixRun> _stock = [];
    private Sshd? _sshd;
    private int _runs;

    public MatrixBed()
    {
        MatrixTree.Make(_directory.Mkdir("template"));
        _directory.Mkdir("runs");
    }

    /// <summary>This program, as <c>--rsync-path</c>.</summary>
    internal static string Ours { get; } = $"{ProgramRun.Path} rsync";

    /// <summary>A daemon of a stock version whose module "runs" has all runs.</summary>
    internal string Daemon(RsyncVersion version)
    {
        if (!_daemons.TryGetValue(version, out var daemon))
            _daemons[version] = daemon = new RsyncDaemon(version, new RsyncModule("runs", _directory["runs"]));
        return daemon.Url("runs");
    }

    /// <summary>To a server behind a shell of two pipes.</summary>
    internal MatrixRoute Pipe(bool push, string server) => new("host:", push, "-e", _shell.Command, $"--rsync-path={server}");

    /// <summary>To a server behind a real sshd.</summary>
    internal MatrixRoute Ssh(bool push, string server)
    {
        _sshd ??= new Sshd();
        return new($"{_sshd.Host}:", push, "-e", _sshd.Command, $"--rsync-path={server}");
    }

    /// <summary>What stock does at both ends. It is the same whatever shell is between them, so it is done once.</summary>
    internal MatrixRun StockWithStock(RsyncVersion client, RsyncVersion server, MatrixCase options, bool push)
    {
        var key = (client, server, options, push);
        return _stock.TryGetValue(key, out var known) ? known : _stock[key] = RunStock(client, options, Pipe(push, server.Program()));
    }

    /// <summary>This program as the client, in this process.</summary>
    internal MatrixRun RunOurs(MatrixCase options, MatrixRoute route) => Run(options, route, OurClient);

    /// <summary>A stock client.</summary>
    internal MatrixRun RunStock(RsyncVersion client, MatrixCase options, MatrixRoute route) => Run(options, route, words => Stock(client, words));

    public void Dispose()
    {
        foreach (var daemon in _daemons.Values)
            daemon.Dispose();
        _sshd?.Dispose();
        _shell.Dispose();
        _directory.Dispose();
    }

    private MatrixRun Run(MatrixCase options, MatrixRoute route, Func<IReadOnlyList<string>, (int, string, string)> run)
    {
        var name = $"r{++_runs}";
        var directory = _directory[$"runs/{name}"];
        Command.Check("cp", "-a", _directory["template"], directory);
        var words = options.Options.Select(word => word.Replace("{run}", directory, StringComparison.Ordinal)
            .Replace("{up}", "..", StringComparison.Ordinal).Replace("{there}", route.There(name, directory), StringComparison.Ordinal));
        var sources = (options.Sources ?? ["src/"]).Select(source => route.Source(name, directory, source));
        var start = DateTimeOffset.UtcNow;
        // With a seed of its own each run now and then takes a wrong block for the right one, finds that out at the end, and names the file twice.
        var (code, output, error) = run(["-i", "--checksum-seed=1", .. words, .. route.Options, .. sources, route.Destination(name, directory)]);
        // What was made just now has the time of its making.
        Command.Check("find", directory, "-newermt", $"@{start.ToUnixTimeSeconds() - 1}", "-exec", "touch", "-h", "-d", "@0", "{}", "+");
        var result = new MatrixRun(code, output.Replace(name, "RUN", StringComparison.Ordinal), error.Replace(name, "RUN", StringComparison.Ordinal), TreeSnapshot.Of(directory, TreeDetails.All));
        Directory.Delete(directory, recursive: true);
        return result;
    }

    private (int, string, string) Stock(RsyncVersion version, IReadOnlyList<string> words)
    {
        var program = _programs.TryGetValue(version, out var known) ? known : _programs[version] = version.Program();
        var done = Command.Run(program, words);
        return (done.ExitCode, done.Output, done.Error);
    }

    /// <summary>This program as the client, in this process: exit code, output, errors.</summary>
    internal static (int Code, string Output, string Error) OurClient(IReadOnlyList<string> words)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var code = RsyncProgram.Run(words, new ProgramStreams(output, error), limit.Token);
        return ((int)code, System.Text.Encoding.UTF8.GetString(output.ToArray()), System.Text.Encoding.UTF8.GetString(error.ToArray()));
    }
}

/// <summary>How a run ended.</summary>
internal sealed record MatrixRun(int ExitCode, string Output, string Error, TreeSnapshot Tree)
{
    /// <summary>What differs, or "".</summary>
    public string Difference(MatrixRun other)
    {
        if (ExitCode != other.ExitCode)
            return $"exit code {other.ExitCode} instead of {ExitCode}\n{other.Error}";
        var tree = TreeDiff.Of(Tree, other.Tree, TreeIgnore.None);
        if (!tree.IsEmpty)
            return $"{tree}\n{other.Error}";
        return Lines(Output).SequenceEqual(Lines(other.Output)) ? "" : $"said\n{Unique(other, this)}instead of\n{Unique(this, other)}";
    }

    // Deletions are told when they happen, beside the items of the sender.
    private static IEnumerable<string> Lines(string text) => text.Split('\n').Order(StringComparer.Ordinal);

    private static string Unique(MatrixRun one, MatrixRun other) =>
        string.Concat(one.Output.Split('\n').Except(other.Output.Split('\n')).Select(line => line + "\n"));
}

/// <summary>From where to where.</summary>
/// <param name="Base">What stands before the paths of the remote side: a daemon's module, or a shell's host; null for none.</param>
/// <param name="Push">The remote side is the destination.</param>
/// <param name="Options">What the route itself needs.</param>
internal sealed record MatrixRoute(string? Base, bool Push, params string[] Options)
{
    public static MatrixRoute Local { get; } = new(null, true);

    public string Source(string name, string directory, string path) => Base is null || Push ? $"{directory}/{path}" : Remote(name, directory, path);

    public string Destination(string name, string directory) => Base is null || !Push ? $"{directory}/dst/" : Remote(name, directory, "dst/");

    /// <summary>The run's directory as the remote side knows it.</summary>
    public string There(string name, string directory) => IsDaemon ? $"/{name}" : directory;

    private bool IsDaemon => Base is not null && Base.StartsWith("rsync:", StringComparison.Ordinal);

    private string Remote(string name, string directory, string path) => IsDaemon ? $"{Base}/{name}/{path}" : $"{Base}{directory}/{path}";
}
