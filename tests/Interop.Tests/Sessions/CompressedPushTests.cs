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

/// <summary>Tokens of every kind (docs/protocol.md 7.6) and block sums of every kind (7.4), judged by stock receivers.</summary>
public sealed class CompressedPushTests
{
    private static readonly TransferOptions Options = TransferOptions.Archive with
    {
        Selection = new SelectionOptions { Dirs = true, Relative = true },
    };

    public static TheoryData<RsyncVersion, string, int> Compressions => new MatrixTheoryData<RsyncVersion, string, int>(
        RsyncVersions.All, ["zlib", "zlib -B131072", "zlibx", "zstd", "lz4", "none"], [31, 30]);

    [Theory, MemberData(nameof(Compressions))]
    public void Changed_files_arrive_compressed_in_every_way(RsyncVersion version, string compression, int protocol)
    {
        var random = new Random(TestSeed.Next());
        using var source = new TempDirectory();
        using var target = new TempDirectory();
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", target.Path));
        for (var round = 0; round < 3; round++)
        {
            for (var file = 0; file < 6; file++)
                Edit(random, source[$"f{file}"], round);
            var result = Push(daemon, source.Path, protocol, ["--checksum-choice=md5", .. $"--compress-choice={compression}".Split(' ')]);
            Assert.Equal(ExitCode.Success, result.ExitCode);
            Assert.Equal(6, result.Stats.FilesTransferred);
            for (var file = 0; file < 6; file++)
                Assert.True(File.ReadAllBytes(source[$"f{file}"]).AsSpan().SequenceEqual(File.ReadAllBytes(target[$"f{file}"])));
            if (round > 0)
                Assert.True(result.Stats.MatchedData > 100_000, $"{result.Stats}");
        }
    }

    public static TheoryData<RsyncVersion, string, int> Checksums => new MatrixTheoryData<RsyncVersion, string, int>(
        RsyncVersions.All, ["xxh128", "xxh3", "xxh64", "md5", "md4", "sha1"], [1, -7]);

    [Theory, MemberData(nameof(Checksums))]
    public void Changed_files_match_by_every_checksum(RsyncVersion version, string checksum, int seed)
    {
        var random = new Random(TestSeed.Next());
        using var source = new TempDirectory();
        using var target = new TempDirectory();
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", target.Path));
        for (var round = 0; round < 2; round++)
        {
            Edit(random, source["f"], round);
            var result = Push(daemon, source.Path, 31, $"--checksum-choice={checksum}", $"--checksum-seed={seed}");
            TreeDiff.AssertSame(source.Path, target.Path);
            if (round > 0)
                Assert.True(result.Stats.MatchedData > result.Stats.LiteralData, $"{result.Stats}");
        }
    }

    private static void Edit(Random random, string path, int round)
    {
        if (round == 0)
        {
            var first = new byte[random.Next(100_000, 700_000)];
            random.NextBytes(first.AsSpan(first.Length / 2));
            File.WriteAllBytes(path, first);
            return;
        }
        var data = File.ReadAllBytes(path).ToList();
        var at = random.Next(data.Count);
        var copied = random.Next(data.Count);
        data.InsertRange(at, data.GetRange(copied, random.Next(Math.Min(data.Count - copied, 10_000))));
        data.InsertRange(random.Next(data.Count), Encoding.ASCII.GetBytes("some new text"));
        data[random.Next(data.Count)] ^= 1;
        File.WriteAllBytes(path, [.. data]);
    }

    private static TransferResult Push(RsyncDaemon daemon, string source, int protocol, params string[] more)
    {
        LinuxException.ThrowIf(LocalTree.Open(source, out var tree), "open", source);
        using (tree)
        {
            var names = new List<byte[]>();
            Assert.Equal(Errno.None, tree!.List(TreePath.Root, names));
            var entries = new List<FileEntry>();
            foreach (var path in names.Select(name => TreePath.Root.Child(name)).Prepend(TreePath.Root))
            {
                Assert.Equal(Errno.None, tree.Stat(path, out var stat));
                entries.Add(FileEntry.From(path, stat, null, stat.IsDirectory ? DirectoryContent.Implied : DirectoryContent.Listed));
            }
            KnownDaemon? known = null;
            string? Choice(string option) => more.FirstOrDefault(word => word.StartsWith(option))?[option.Length..];
            var isChosen = Rsync.Checksums.Checksum.TryParse(Choice("--checksum-choice=") ?? "auto", out var checksum);
            string[] words = ["--server", "-logDtpRe.LsfxCIvu", .. more, "-@-1", "-I", ".", "mod/"];
            using var session = DaemonClient.Open(new DaemonRequest
            {
                Address = new DaemonAddress("127.0.0.1", "mod", daemon.Port),
                Arguments = [.. words.Select(Encoding.ASCII.GetBytes)],
                Protocol = protocol,
                Wishes = new NegotiationWishes { Checksum = isChosen ? (checksum, checksum) : null, Compression = Choice("--compress-choice=") },
            }, ref known, TestContext.Current.CancellationToken);
            return new PushBatch { Entries = entries, Options = Options, Source = tree }.Send(session, TestContext.Current.CancellationToken);
        }
    }
}
