using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

/// <summary>Someone exchanges a directory for a link out of the tree, again and again, while it is worked in (docs/protocol.md 11.6).</summary>
public sealed class SwappedDirectoryTests : IDisposable
{
    private const int Rounds = 1500;

    private readonly TempDirectory _temp = new();
    private readonly LocalTree _tree;

    public SwappedDirectoryTests()
    {
        _temp.Write("tree/d/inner/f", "inside");
        _temp.Write("outside/inner/f", "secret");
        _temp.Write("outside/f", "secret");
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
        var done = 0;
        WhileSwapping(round =>
        {
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
                _tree.MakeSymlink(path, "/"u8, replace: true);
            }
            _tree.MakeDirectory(TreePath.Parse("d/made"), 0x1C0);
            _tree.Rename(TreePath.Parse("d/made"), TreePath.Parse("d/inner/made"));
            _tree.MakeLink(TreePath.Parse("d/inner/link"), TreePath.Parse("d/f"));
            _tree.Unlink(TreePath.Parse("d/inner/f"));
            _tree.RemoveTree(TreePath.Parse("d/inner/made"));
            if (round % 8 == 0)
                _tree.RemoveTree(TreePath.Parse("d/inner"));
            _tree.MakeDirectory(TreePath.Parse("d/inner"), 0x1C0);
        });
        Assert.Equal(before, Outside());
        Assert.NotEqual(0, done);
    }

    [Fact]
    public void Nothing_outside_is_ever_read()
    {
        var read = 0;
        WhileSwapping(_ =>
        {
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
        });
        Assert.NotEqual(0, read);
    }

    private void WhileSwapping(Action<int> work)
    {
        using var stop = new CancellationTokenSource();
        var swaps = 0;
        var swapper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(_temp["tree/d"], _temp["tree/real"]);
                File.CreateSymbolicLink(_temp["tree/d"], _temp["outside"]);
                File.Delete(_temp["tree/d"]);
                Directory.Move(_temp["tree/real"], _temp["tree/d"]);
                Interlocked.Increment(ref swaps);
            }
        });
        swapper.Start();
        try
        {
            for (var round = 0; round < Rounds || Volatile.Read(ref swaps) < 10; round++)
            {
                _tree.Forget();
                work(round);
            }
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }
    }

    private string Outside() => string.Join('\n', Directory
        .EnumerateFileSystemEntries(_temp["outside"], "*", SearchOption.AllDirectories)
        .Append(_temp["outside"])
        .Order(StringComparer.Ordinal)
        .Select(path => new FileInfo(path))
        .Select(info => $"{info.FullName} {info.UnixFileMode} {info.LastWriteTimeUtc.Ticks} {(info.Exists ? File.ReadAllText(info.FullName) : "")}"));
}
