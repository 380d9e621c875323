using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Linux.Tests;

public sealed class OperatorPathsTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly TempDirectory _temp = new();

    public OperatorPathsTests()
    {
        _temp.Write("real/file", "text");
        _temp.Symlink("own", "real");
        _temp.Symlink("absolute", _temp["own"]);
        _temp.Symlink("real/up", "../own/file");
        _temp.Symlink("circle", "circle");
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_operators_own_links_are_followed_also_when_relative_absolute_or_made_by_the_kernel()
    {
        foreach (var path in new[] { "real/file", "own/file", "absolute/file", "absolute/up", "own/../real/./file", "own//file", "real/new/../file" })
            Assert.Equal(path.Contains("new") ? Errno.ENOENT : Errno.None, Open(new(), path));
        Assert.Equal(Errno.ENOTDIR, Open(new(), "own/file/"));
        Assert.Equal(Errno.ENOTDIR, Open(new(), "own/file/more"));
        Assert.Equal(Errno.ENOENT, Open(new(), "own/none"));
        Assert.Equal(Errno.ELOOP, Open(new(), "circle"));
        Assert.Equal(Errno.ENOENT, Open(new(), ""));
        using var open = File.OpenHandle(_temp["real/file"]);
        Assert.Equal(Errno.None, Open(new(), $"/dev/fd/{open.DangerousGetHandle()}"));
    }

    [Fact]
    public void Links_of_another_user_are_refused_unless_all_are_allowed()
    {
        Privileges.NeedsRoot();
        foreach (var (name, target) in new[] { ("foreign", "real"), ("real/leaf", "file"), ("through", "foreign/file") })
        {
            _temp.Symlink(name, target);
            if (name != "through")
                Assert.Equal(0, Command.Run("chown", "-h", Nobody, _temp[name]).ExitCode);
        }
        foreach (var path in new[] { "foreign/file", "real/leaf", "through", "foreign/new", "foreign" })
        {
            Assert.Equal(Errno.ELOOP, Open(new(), path));
            Assert.Equal(path.EndsWith("new") ? Errno.ENOENT : Errno.None, Open(new(AnyLink: true), path));
        }
        Assert.Equal(Errno.ELOOP, new OperatorPaths().OpenToWrite(Bytes("foreign/made"), 0x180, out _));
        Assert.Equal(Errno.ELOOP, new OperatorPaths().OpenToAppend(Bytes("real/leaf"), out _));
        Assert.False(File.Exists(_temp["real/made"]));
    }

    [Fact]
    public void Nothing_outside_the_bound_is_opened()
    {
        _temp.Write("jail/in", "");
        _temp.Symlink("jail/out", "../real");
        var paths = new OperatorPaths(Within: _temp["jail"]);
        Assert.Equal(Errno.None, Open(paths, "jail/in"));
        Assert.Equal(Errno.None, Open(paths, "jail"));
        Assert.Equal(Errno.ELOOP, Open(paths, "jail/out/file"));
        Assert.Equal(Errno.ELOOP, Open(paths, "jail/.."));
        Assert.Equal(Errno.ELOOP, Open(paths, "jailed"));
        Assert.Equal(Errno.ELOOP, paths.OpenToWrite(Bytes("jail/../made"), 0x180, out _));
        Assert.False(File.Exists(_temp["made"]));
        Assert.Equal(Errno.None, Open(new(Within: "/"), "real/file"));
    }

    private Errno Open(OperatorPaths paths, string path)
    {
        var error = paths.OpenToRead(path.Length == 0 ? [] : Bytes(path), out var handle);
        handle?.Dispose();
        return error;
    }

    private byte[] Bytes(string path) => Encoding.UTF8.GetBytes(Path.Combine(_temp.Path, path));
}
