using ChangedFiles.Cli.Rsync;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>Links in the paths that options name: root's and the user's own lead on, those of others do not.</summary>
public sealed class OperatorLinksTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("/D/way/", "")]
    [InlineData("/D/way/new/", "")]
    [InlineData("/D/way/file", "", "/D/src/file")]
    [InlineData("/D/to/", "-b --backup-dir=/D/way")]
    [InlineData("/D/to/", "-b --backup-dir=../way/new")]
    [InlineData("/D/to/", "-b --backup-dir=inner")]
    [InlineData("/D/to/", "--delay-updates --partial-dir=/D/way/new")]
    [InlineData("/D/to/", "--log-file=/D/way/log")]
    [InlineData("/D/to/", "--write-batch=/D/way/batch")]
    public void What_is_written_goes_through_own_links_only(string destination, string options, string source = "/D/src/")
    {
        Privileges.NeedsRoot();
        foreach (var isOwn in new[] { true, false })
        {
            Prepare(isOwn);
            var code = Run(source, destination, options);
            Assert.Equal(isOwn, Directory.EnumerateFileSystemEntries(_directory["real"]).Any());
            Assert.Equal(isOwn || options.Contains("log-file", StringComparison.Ordinal) || options.Contains("partial-dir", StringComparison.Ordinal), code == 0);
            Assert.Equal(0, Run(source, destination, options + " --insecure-links"));
        }
    }

    [Theory]
    [InlineData("--exclude-from=/D/way/list", 11)]
    [InlineData("--filter=._/D/way/list", 11)]
    [InlineData("--files-from=/D/way/list", 1)]
    [InlineData("--temp-dir=/D/way", 23)]
    public void What_is_read_comes_through_own_links_only(string options, int code)
    {
        Privileges.NeedsRoot();
        foreach (var isOwn in new[] { true, false })
        {
            Prepare(isOwn);
            _directory.Write("real/list", "- none\n");
            Assert.Equal(isOwn && options[2] is 'f' && options[5] is 'e' ? 23 : isOwn ? 0 : code, Run("/D/src/", "/D/to/", options));
        }
    }

    private void Prepare(bool isOwn)
    {
        Command.Check("rm", "-rf", _directory["src"], _directory["to"], _directory["real"], _directory["way"]);
        _directory.Write("src/file", "new");
        _directory.Write("to/file", "old one");
        _directory.Mkdir("real");
        _directory.Symlink("way", "real");
        _directory.Symlink("to/inner", _directory["real"]);
        if (!isOwn)
            Command.Check("chown", "-h", "65534", _directory["way"], _directory["to/inner"]);
    }

    private int Run(string source, string destination, string options)
    {
        string[] words = ["-rt", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), source, destination];
        var paths = words.Select(word => word.Replace("/D/", _directory.Path + "/", StringComparison.Ordinal)).ToList();
        return (int)RsyncProgram.Run(paths, new ProgramStreams(Stream.Null, Stream.Null), TestContext.Current.CancellationToken);
    }
}
