using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary><c>-x</c>: what is mounted in the source is not sent, and what is mounted in the destination is not deleted.</summary>
public sealed class MountTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RemoteShell _shell = new();
    private readonly List<TempMount> _mounts = [];

    public MountTests()
    {
        foreach (var name in (string[])["src/mounted", "dst/both", "dst/gone", "dst/extra/deep/mounted", "dst/mounted/again"])
            _mounts.Add(TempMount.Tmpfs("1m", _directory.Mkdir(name)));
        _mounts.ForEach(mount => Command.Check("chmod", "755", mount.Path));
        _directory.Write("src/a", "new");
        _directory.Write("src/both/file", "new");
        _directory.Write("src/mounted/file", "on another file system");
        _directory.Write("src/sub/file", "new");
    }

    public void Dispose()
    {
        _mounts.ForEach(mount => mount.Dispose());
        _shell.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("-ax --delete"), InlineData("-axx --delete"), InlineData("-ax --delete-before"), InlineData("-ax --delete-after")]
    [InlineData("-ax --delete --max-delete=2")]
    [InlineData("-ax --delete -n"), InlineData("-ax --force")]
    [InlineData("-axx --delete-excluded --exclude=deep"), InlineData("-xd --delete")]
    public void Deletion_stays_on_one_file_system(string options)
    {
        var words = options.Split(' ');
        var differences = "";
        foreach (var push in (bool[])[true, false])
        {
            var expected = Run(words, push, "rsync", Stock);
            differences += expected.Difference(Run(words, push, "rsync", MatrixBed.OurClient)) + expected.Difference(Run(words, push, MatrixBed.Ours, Stock));
        }
        Assert.True(differences.Length == 0, differences);
    }

    private static (int, string, string) Stock(IReadOnlyList<string> words)
    {
        var done = Command.Run(RsyncVersion.Installed.Program(), words);
        return (done.ExitCode, done.Output, done.Error);
    }

    private MatrixRun Run(string[] options, bool push, string server, Func<IReadOnlyList<string>, (int, string, string)> client)
    {
        Fill();
        var (source, destination) = (_directory["src/"], _directory["dst/"]);
        var (code, output, error) = client(
        [
            "-i", "--info=mount,del", "-e", _shell.Command, $"--rsync-path={server}", .. options,
            push ? source : $"host:{source}", push ? $"host:{destination}" : destination,
        ]);
        // What was made just now has the time of its making.
        Command.Check("find", _directory.Path, "-newermt", "2025-01-01", "-exec", "touch", "-h", "-d", "@0", "{}", "+");
        return new MatrixRun(code, output, error, TreeSnapshot.Of(_directory.Path));
    }

    /// <summary>The destination as it was: the mounts stay, and all else is made anew.</summary>
    private void Fill()
    {
        Command.Check("find", _directory["dst"], "!", "-type", "d", "-delete");
        Command.Check("rm", "-rf", _directory["dst/sub"]);
        string[] files =
        [
            "a", "both/file", "both/other", "both/dir/file", "gone/file", "gone/dir/file", "extra/file", "extra/deep/file", "extra/deep/mounted/file",
            "mounted/old", "mounted/again/file",
        ];
        foreach (var name in files)
            _directory.Write($"dst/{name}", "old");
        Command.Check("find", _directory.Path, "-exec", "touch", "-h", "-d", "2024-01-02", "{}", "+");
        Command.Check("find", _directory["dst"], "-exec", "touch", "-h", "-d", "2023-01-02", "{}", "+");
    }
}
