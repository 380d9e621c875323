using System.Buffers;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;
using ChangedFiles.Rsync.Wire;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>The files of <c>--write-batch</c>: the batch, and beside it a script that applies it; and that of <c>--read-batch</c>.</summary>
internal static class BatchFiles
{
    private const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" \t\n\"'&;|[]()$#!*?^\\<>`");

    /// <summary>Options that the script gets in another way, or has no use for.</summary>
    private static readonly string[] LeftOut = ["--files-from", "--filter", "--include", "--exclude"];

    /// <summary>Opens a batch to be written, and writes its script.</summary>
    public static Stream Create(string file, RsyncInvocation invocation, FilterRules rules)
    {
        var opened = file + ".sh";
        var paths = invocation.Options.Selection.Paths;
        try
        {
            using (var script = OperatorFiles.OpenToWrite(paths, opened, ForOwner | UnixFileMode.UserExecute))
                WriteScript(script, invocation, rules);
            opened = file;
            return OperatorFiles.OpenToWrite(paths, file, ForOwner);
        }
        catch (Exception failure) when (failure is (IOException and not RsyncException) or UnauthorizedAccessException)
        {
            throw Unopened(failure, opened, opened == file ? ExitCode.FileIO : ExitCode.FileSelection);
        }
    }

    /// <summary>Opens a batch to be read; what is written to it goes nowhere.</summary>
    public static Connection Open(string file, OperatorPaths paths, CancellationToken cancellation)
    {
        try
        {
            var input = file == "-" ? new SafeFileHandle(0, ownsHandle: false) : OperatorFiles.OpenToRead(paths, file).SafeFileHandle;
            if (file != "-" && Inodes.Stat(input, out var stat) == Errno.None && stat.Kind is not (FileKind.Regular or FileKind.Fifo))
            {
                throw new RsyncException(
                    ExitCode.FileIO, SessionStage.Setup, $"Batch file \"{Path.GetFullPath(file)}\" is neither a regular file nor a FIFO")
                { Who = "Receiver" };
            }
            return new Connection(input, File.OpenHandle("/dev/null", access: FileAccess.Write), cancellation: cancellation);
        }
        catch (Exception failure) when (failure is (IOException and not RsyncException) or UnauthorizedAccessException)
        {
            throw Unopened(failure, file, ExitCode.FileIO);
        }
    }

    private static RsyncException Unopened(Exception failure, string file, ExitCode code) => new(
        code, SessionStage.Setup, $"Batch file \"{Path.GetFullPath(file)}\" open error: {ErrnoText.Reason(failure)}", failure)
    { Who = "Receiver" };

    private static void WriteScript(Stream script, RsyncInvocation invocation, FilterRules rules)
    {
        var wire = rules.ToWire(invocation.Push || invocation.Remote is null ? FilterSide.Sender : FilterSide.Receiver).ToList();
        // Its next line might be the end of the here-document, and those after it commands.
        if (wire.Exists(rule => rule.Contains((byte)'\n')))
            throw Usage.Syntax("cannot write a filter rule containing a newline to the batch replay script");
        List<string> words = [Quoted(Environment.ProcessPath ?? "changedfiles"), "rsync", .. wire.Count > 0 ? ["--filter=._-"] : (string[])[], .. Options(invocation)];
        Write($"{string.Join(' ', words)} ${{1:-{Quoted(invocation.Destination ?? ".")}}}");
        if (wire.Count > 0)
        {
            Write(" <<'#E#'\n");
            foreach (var rule in wire)
                Write(ArgumentText.Decode(rule) + "\n");
            Write("#E#");
        }
        Write("\n");

        void Write(string text) => script.Write(ArgumentText.Encode(text));
    }

    /// <summary>The words of the command line without sources, destination and filters.</summary>
    private static List<string> Options(RsyncInvocation invocation)
    {
        var words = invocation.Words.ToList();
        foreach (var path in invocation.Paths.Reverse())
            words.RemoveAt(words.LastIndexOf(path));
        var kept = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (LeftOut.Any(option => word.StartsWith(option, StringComparison.Ordinal)))
                i += word.Contains('=') ? 0 : 1;
            else if (word == "-f")
                i++;
            else
                kept.Add(Quoted(word.Replace("--only-write-batch", "--read-batch", StringComparison.Ordinal)
                    .Replace("--write-batch", "--read-batch", StringComparison.Ordinal)));
        }
        return kept;
    }

    private static string Quoted(string word) =>
        word.AsSpan().ContainsAny(NeedsQuotes) || word.Length == 0 ? ShellQuoting.InQuotes(word) : word;
}
