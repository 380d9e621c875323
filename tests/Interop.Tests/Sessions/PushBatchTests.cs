using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Sessions;

public sealed class PushBatchTests
{
    private static readonly TransferOptions Options = TransferOptions.Archive with
    {
        Preserve = PreserveOptions.Archive with { HardLinks = 1, NumericIds = true },
        Selection = new SelectionOptions { Dirs = true, Relative = true, MissingArgs = MissingArgs.Delete },
        Deletion = new DeletionOptions { Mode = DeleteMode.Unspecified, Force = true },
    };

    [Theory, EachRsync]
    public void A_batch_of_everything_arrives(RsyncVersion version)
    {
        using var source = new TempDirectory();
        using var target = new TempDirectory();
        source.Write("a.txt", "hello\n");
        source.Write("d/b.txt", "second file\n");
        source.Write("d/big", new byte[300_000]);
        source.Symlink("link", "d/b.txt");
        source.Mkdir("empty");
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", target.Path));
        var result = Push(daemon, source);
        Assert.Equal(ExitCode.Success, result.ExitCode);
        TreeDiff.AssertSame(source.Path, target.Path);
        Assert.Equal(3, result.Stats.FilesTransferred);

        File.AppendAllText(source["d/big"], "more");
        result = Push(daemon, source);
        TreeDiff.AssertSame(source.Path, target.Path);
        Assert.Equal(1, result.Stats.FilesTransferred);
        Assert.True(result.Stats.MatchedData > 250_000, $"{result.Stats.MatchedData} bytes matched");
    }

    private static TransferResult Push(RsyncDaemon daemon, TempDirectory source)
    {
        LinuxException.ThrowIf(LocalTree.Open(source.Path, out var tree), "open", source.Path);
        using (tree)
        {
            var entries = new List<FileEntry>();
            Walk(tree!, TreePath.Root, entries);
            KnownDaemon? known = null;
            using var session = DaemonClient.Open(new DaemonRequest
            {
                Address = new DaemonAddress("127.0.0.1", "mod", daemon.Port),
                Arguments = [.. "--server|-HdlogDtpRe.LsfxCIvu|--no-r|--delete|--force|--numeric-ids|-@-1|.|mod/".Split('|').Select(Encoding.ASCII.GetBytes)],
            }, ref known, TestContext.Current.CancellationToken);
            Assert.NotNull(known);
            return new PushBatch { Entries = entries, Options = Options, Source = tree! }.Send(session, TestContext.Current.CancellationToken);
        }
    }

    private static void Walk(LocalTree tree, TreePath path, List<FileEntry> entries)
    {
        Assert.Equal(Errno.None, tree.Stat(path, out var stat));
        byte[]? target = null;
        if (stat.IsSymlink)
            tree.ReadLink(path, out target);
        entries.Add(FileEntry.From(path, stat, target, stat.IsDirectory ? DirectoryContent.Implied : DirectoryContent.Listed));
        if (!stat.IsDirectory)
            return;
        var names = new List<byte[]>();
        tree.List(path, names);
        foreach (var name in names)
            Walk(tree, path.Child(name), entries);
    }
}
