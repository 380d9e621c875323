using System.Text;
using ChangedFiles.Cli.Rsync;
using ChangedFiles.Cli.Rsync.Output;
using ChangedFiles.Cli.Rsync.Running;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Running;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;
using Microsoft.Extensions.Logging;

namespace ChangedFiles.Cli.Commands;

/// <summary>
/// An rsync line with whatever options, run by this program's own rsync: all names of a run in one session, as with <c>--files-from</c>.
/// </summary>
internal sealed partial class SessionPlace(RsyncInvocation line, string source, string destination, ILogger log) : IRsyncPlace
{
    private readonly SourceRoot _root = SourceRoot.Open(source);

    public IReadOnlyList<FailedPath> Deliver(IReadOnlyList<TreePath> names, CancellationToken cancellation)
    {
        _root.Check();
        _root.Tree.Forget();
        var there = names.Where(name => _root.Tree.Stat(name, out _) == Errno.None).ToList();
        return there.Count == 0 ? [] : Send(there, cancellation);
    }

    public void Tend()
    {
    }

    public void Dispose() => _root.Dispose();

    private List<FailedPath> Send(IReadOnlyList<TreePath> names, CancellationToken cancellation)
    {
        var list = Path.GetTempFileName();
        using var said = new MemoryStream();
        using var errors = new MemoryStream();
        try
        {
            File.WriteAllBytes(list, [.. names.SelectMany(name => (byte[])[.. name.Bytes, 0])]);
            using var text = new TextOutput(said, errors, null, NameEscape.HighBytes.Keep, line.Report.Quiet, flushLines: true, TimeProvider.System);
            var code = new ClientRun(Command(list), text, cancellation).Run();
            return code is ExitCode.Success or ExitCode.Vanished ? [] : Failures(names, code, Lines(errors));
        }
        catch (RsyncException failure)
        {
            throw new DestinationException($"{destination}: {failure.Message}", permanent: false, failure.ExitCode, failure);
        }
        finally
        {
            File.Delete(list);
            foreach (var heard in Lines(said).Concat(Lines(errors)))
                Said(log, destination, heard);
        }
    }

    private RsyncInvocation Command(string list) => line with
    {
        Sources = [source.TrimEnd('/') + "/"],
        Remote = line.Remote is null ? null : line.Remote with { Path = destination },
        Destination = destination,
        Options = line.Options with
        {
            Selection = line.Options.Selection with { Relative = true, Dirs = true, FilesFrom = new FilesFrom(list), From0 = true },
        },
        Connection = line.Connection with { Unattended = true },
    };

    /// <summary>rsync's texts name the files; where none of ours is named, all may be concerned.</summary>
    private static List<FailedPath> Failures(IReadOnlyList<TreePath> names, ExitCode code, string[] errors)
    {
        var failures = new List<FailedPath>();
        foreach (var error in errors)
        {
            foreach (var name in names.Where(name => error.Contains(name.ToString() + "\"", StringComparison.Ordinal)))
                failures.Add(new FailedPath(name, error));
        }
        return failures.Count > 0 ? failures : [new FailedPath(TreePath.Root, errors is [var first, ..] ? first : $"rsync exit code {(int)code}")];
    }

    private static string[] Lines(MemoryStream text) => Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Destination}: {Line}")]
    private static partial void Said(ILogger log, string destination, string line);
}
