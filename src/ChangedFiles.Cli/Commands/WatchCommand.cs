using System.CommandLine;
using System.Text.Json.Nodes;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Engine.Watching;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Commands;

/// <summary><c>changedfiles watch PATH</c>: prints file operations as they happen.</summary>
internal static class WatchCommand
{
    private static readonly Argument<string> Path = new("PATH") { Description = "The directory to watch, with everything below." };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line." };
    private static readonly Option<EventSourceKind> WatchWith = new("--source") { Description = "How changes are seen." };

    public static Command Create()
    {
        var command = new Command("watch", "Print file operations below PATH as they happen.") { Path, Json, WatchWith };
        command.SetAction((parsed, cancellation) => Task.FromResult((int)Run(parsed, cancellation)));
        return command;
    }

    private static ExitCode Run(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            using var root = SourceRoot.Open(parsed.GetRequiredValue(Path));
            using var source = EventSources.Open(root.Handle, new WatchOptions { Kind = parsed.GetValue(WatchWith) });
            var sink = new PrintingSink(parsed.GetValue(Json));
            source.Start(sink, cancellation);
            Console.Error.WriteLine($"watching {root.Path} with {source.Description}");
            WaitHandle.WaitAny([cancellation.WaitHandle, sink.Ended.WaitHandle]);
            if (sink.OutputLost is { } lost)
                throw lost;
            return sink.Ended.IsSet ? ExitCode.FileSelection : ExitCode.Success;
        }
        catch (Exception failure) when (failure is SourceLostException or WatchException)
        {
            Console.Error.WriteLine($"changedfiles: {failure.Message}");
            return ExitCode.FileSelection;
        }
    }

    private sealed class PrintingSink(bool json) : IEventSink
    {
        public ManualResetEventSlim Ended { get; } = new();

        /// <summary>Why nothing can be printed any more.</summary>
        public IOException? OutputLost { get; private set; }

        public void Events(ReadOnlySpan<WatchEvent> events)
        {
            foreach (ref readonly var happened in events)
            {
                Console.WriteLine(json ? Object(happened) : Line(happened));
                if (happened.Has(FileOperations.RootGone))
                    Ended.Set();
            }
        }

        public void Unwatched(TreePath directory, Errno reason) => Console.Error.WriteLine($"{directory} is not watched: {reason.Describe()}");

        public void Failed(Exception reason)
        {
            OutputLost = reason as IOException;
            if (OutputLost is null)
                Console.Error.WriteLine($"changedfiles: watching has ended: {reason.Message}");
            Ended.Set();
        }

        private static string Line(in WatchEvent happened) =>
            $"{happened.Operations}{(happened.IsDirectory ? ",Directory" : "")} {(happened.Has(FileOperations.Rename) ? happened.OldPath + " -> " : "")}{happened.Path}";

        private static string Object(in WatchEvent happened)
        {
            var operations = happened.Operations.ToString().Split(", ").Select(name => (JsonNode)name).ToArray();
            var line = new JsonObject { ["path"] = happened.Path.ToString(), ["operations"] = new JsonArray(operations), ["directory"] = happened.IsDirectory };
            if (happened.Has(FileOperations.Rename))
                line["old_path"] = happened.OldPath.ToString();
            if (happened.ProcessId > 0)
                line["pid"] = happened.ProcessId;
            return line.ToJsonString();
        }
    }
}
