using System.Diagnostics;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

/// <summary>Someone exchanges a directory for a link out of the tree, again and again, while it is worked in (docs/protocol.md 11.6).</summary>
public sealed class SwappedDirectoryTests : IDisposable
{
    private const int Rounds = 1000;
    private const int Enough = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _temp = new();
    private readonly LocalTree _tree;

    public SwappedDirectoryTests()
    {
        _temp.Write("tree/d/inner/f", "inside");
        _temp.Write("outside/inner/f", "secret");
        _temp.Write("outside/f", "secret");
        _temp.Symlink("tree/link", _temp["outside"]);
        Assert.Equal(Errno.None, LocalTree.Open(_temp["tree"], out var tree));
        _tree = tree!;
    }

    public void Dispose()
    {
        _tree.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Nothing_outside_is_ever_written()
    {
        var before = Outside();
        WhileSwapping(round =>
        {
            var done = 0;
            var metadata = new Metadata { Mode = 0x81FF, Uid = 1, Mtime = new(round, 0) };
            foreach (var path in new[] { TreePath.Parse("d/f"), TreePath.Parse("d/inner/f") })
            {
                if (_tree.Create(path, out var file) == Errno.None)
                    using (file)
                        done += file!.Write("x"u8, 0) == Errno.None && file.Commit() == Errno.None ? 1 : 0;
                _tree.SetMetadata(path, metadata, out _);
                if (_tree.OpenInPlace(path, out file) == Errno.None)
                    using (file)
                        file!.Write("y"u8, 0);
                _tree.MakeSymlink(path, "elsewhere"u8, replace: true);
            }
            _tree.MakeDirectory(TreePath.Parse("d/made"), 0x1C0);
            _tree.Rename(TreePath.Parse("d/made"), TreePath.Parse("d/inner/made"));
            _tree.MakeLink(TreePath.Parse("d/inner/link"), TreePath.Parse("d/f"));
            _tree.Unlink(TreePath.Parse("d/inner/f"));
            _tree.RemoveTree(TreePath.Parse("d/inner/made"));
            if (round % 8 == 0)
                _tree.RemoveTree(TreePath.Parse("d/inner"));
            _tree.MakeDirectory(TreePath.Parse("d/inner"), 0x1C0);
            return done;
        });
        Assert.Equal(before, Outside());
    }

    [Fact]
    public void Nothing_outside_is_ever_read()
    {
        WhileSwapping(_ =>
        {
            var read = 0;
            foreach (var path in new[] { TreePath.Parse("d/f"), TreePath.Parse("d/inner/f") })
            {
                if (_tree.Open(path, out var file) != Errno.None)
                    continue;
                using (file)
                {
                    var content = new byte[10];
                    file!.Read(content, 0, out var length);
                    Assert.Equal("inside"u8, content.AsSpan(0, length));
                    read++;
                }
            }
            var names = new List<byte[]>();
            if (_tree.List(TreePath.Parse("d"), names) == Errno.None)
                Assert.Equal("inner"u8, Assert.Single(names));
            return read;
        });
    }

    /// <summary>Works until there were enough rounds, swaps and rounds' successes to have met each other.</summary>
    private void WhileSwapping(Func<int, int> work)
    {
        using var stop = new CancellationTokenSource();
        var swaps = 0;
        var swapper = new Thread(() => swaps = Swap(stop.Token));
        swapper.Start();
        var watch = Stopwatch.StartNew();
        var done = 0;
        try
        {
            for (var round = 0; (round < Rounds || done < Enough) && watch.Elapsed < Limit; round++)
            {
                _tree.Forget();
                done += work(round);
            }
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }
        Assert.InRange(done, Enough, int.MaxValue);
        Assert.InRange(swaps, Enough, int.MaxValue);
    }

    private int Swap(CancellationToken stop)
    {
        Assert.Equal(Errno.None, LocalTree.Open(_temp["tree"], out var tree));
        using (tree)
        {
            var (d, link, real) = (TreePath.Parse("d"), TreePath.Parse("link"), TreePath.Parse("real"));
            var swaps = 0;
            for (; !stop.IsCancellationRequested || swaps < Enough; swaps++)
            {
                tree!.Rename(d, real);
                tree.Rename(link, d);
                tree.Rename(d, link);
                tree.Rename(real, d);
                Thread.Yield();
            }
            return swaps;
        }
    }

    private string Outside() => string.Join('\n', Directory
        .EnumerateFileSystemEntries(_temp["outside"], "*", SearchOption.AllDirectories)
        .Append(_temp["outside"])
        .Order(StringComparer.Ordinal)
        .Select(path => new FileInfo(path))
        .Select(info => $"{info.FullName} {info.UnixFileMode} {info.LastWriteTimeUtc.Ticks} {(info.Exists ? File.ReadAllText(info.FullName) : "")}"));
}
