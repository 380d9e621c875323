using System.Text.RegularExpressions;
using ChangedFiles.Interop.Tests.Matrix;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>What a whole run shows of its progress, against the same run of stock.</summary>
public sealed partial class ProgressLinesTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RemoteShell _shell = new();

    public ProgressLinesTests()
    {
        var random = new byte[400_000];
        new Random(1).NextBytes(random);
        _directory.Write("s/large", random);
        _directory.Write("s/middle", random.AsSpan(0, 40_000).ToArray());
        _directory.Write("s/small", "x");
        _directory.Write("s/empty", "");
        // A list of its own. A file in it could come before or after the end of the first list.
        _directory.Mkdir("s/d");
        _directory.Write("old/large", [.. random.AsSpan(0, 150_000), 1, 2, 3, .. random.AsSpan(200_000)]);
    }

    public void Dispose()
    {
        _shell.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("--progress"), InlineData("--info=progress2"), InlineData("--progress", "-n"), InlineData("--info=progress2", "-n")]
    [InlineData("--progress", "--no-W"), InlineData("--info=progress2", "--no-W"), InlineData("--info=progress2", "--no-i-r", "-v"), InlineData("--progress", "--no-i-r")]
    public void The_lines_are_those_of_stock(params string[] options)
    {
        foreach (var (source, destination) in new[] { ("", ""), ("host:", ""), ("", "host:") })
        {
            var stock = Run(words => Command.Run(RsyncVersion.Installed.Program(), words).Checked().Output);
            Assert.Equal(stock, Run(words => MatrixBed.OurClient(words).Output));

            IEnumerable<string> Run(Func<IReadOnlyList<string>, string> client)
            {
                Command.Check("rm", "-rf", _directory["d"]);
                Command.Check("cp", "-a", _directory["old"], _directory["d"]);
                return Lines(client(["-r", "--size-only", "-e", _shell.Command, $"--rsync-path={RsyncVersion.Installed.Program()}",
                    .. options, $"{source}{_directory["s/"]}", $"{destination}{_directory["d/"]}"]));
            }
        }
    }

    // Rates and times are never the same. Between the first line of a file and its last come more when a second has passed.
    private static List<string> Lines(string output)
    {
        var lines = new List<string>();
        foreach (var line in output.Split('\r', '\n').TakeWhile(line => !line.StartsWith("sent ", StringComparison.Ordinal)))
        {
            var isMiddle = Rate().IsMatch(line) && !line.Contains('(', StringComparison.Ordinal);
            if (!isMiddle || !lines[^1].EndsWith('…'))
                lines.Add(Rate().Replace(line, isMiddle ? "…" : " "));
        }
        return lines;
    }

    [GeneratedRegex(@" +[0-9.]+[kMG]B/s +[0-9?]+:[0-9?]+:[0-9?]+ *")]
    private static partial Regex Rate();
}
