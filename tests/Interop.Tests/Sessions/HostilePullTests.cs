using ChangedFiles.Rsync;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>What a sender says is cut off or wrong: the session ends in a clear error, and nothing half-written has a final name.</summary>
public sealed class HostilePullTests
{
    private const int Cuts = 100, Flips = 25;

    [Fact]
    public void A_session_that_is_cut_anywhere_leaves_old_files_or_new_ones()
    {
        using var bed = new TempDirectory();
        using var daemon = Make(bed);
        using var link = new TamperingLink(daemon.Port);
        var length = Run(bed, link, out _);
        var random = new Random(TestSeed.Next());
        for (var i = 0; i < Cuts; i++)
        {
            link.CutAt = random.NextInt64(length);
            var said = Run(bed, link, out var failure);
            // Not every session has the same length.
            Assert.True(failure is RsyncException || (failure is null && said <= link.CutAt), $"cut at {link.CutAt} of {length}: {failure}");
            foreach (var path in Directory.EnumerateFiles(bed["d"], "*", SearchOption.AllDirectories))
            {
                if (new FileInfo(path).LinkTarget is not null)
                    continue;
                var name = Path.GetRelativePath(bed["d"], path);
                var text = File.ReadAllBytes(path);
                string[] allowed = [bed[$"s/{name}"], bed[$"old/{name}"]];
                Assert.True(allowed.Any(other => File.Exists(other) && File.ReadAllBytes(other).AsSpan().SequenceEqual(text)), $"{name}, cut at {link.CutAt}");
            }
        }
    }

    [Fact]
    public void A_changed_byte_ends_in_an_error_or_does_no_harm()
    {
        using var bed = new TempDirectory();
        using var daemon = Make(bed);
        using var link = new TamperingLink(daemon.Port);
        var length = Run(bed, link, out _);
        var random = new Random(TestSeed.Next());
        for (var i = 0; i < Flips; i++)
        {
            link.Flip = (random.NextInt64(length), (byte)(1 << random.Next(8)));
            Run(bed, link, out var failure);
            Assert.True(failure is null or RsyncException, $"{link.Flip} of {length}: {failure}");
        }
        Assert.Equal(["d", "old", "s"], Directory.GetFileSystemEntries(bed.Path).Select(Path.GetFileName).Order());
    }

    private static RsyncDaemon Make(TempDirectory bed)
    {
        var random = new Random(1);
        var data = new byte[6000];
        random.NextBytes(data);
        bed.Write("s/dir/changed", data);
        data.AsSpan(2000, 50).Clear();
        bed.Write("old/dir/changed", data.AsSpan(0, 5500));
        bed.Write("s/new", "new");
        bed.Write("s/dir/sub/deep", "deep");
        bed.Write("old/kept", "kept");
        bed.Symlink("s/link", "new");
        return new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", bed["s"]));
    }

    /// <returns>Bytes that the server said.</returns>
    private static long Run(TempDirectory bed, TamperingLink link, out Exception? failure)
    {
        Command.Check("rm", "-rf", bed["d"]);
        Command.Check("cp", "-a", bed["old"], bed["d"]);
        failure = null;
        try
        {
            Puller.Pull(link.Port, $"{bed["d"]}/", "-aHX", "--timeout=1");
        }
        catch (Exception caught)
        {
            failure = caught;
        }
        return link.Said;
    }
}
