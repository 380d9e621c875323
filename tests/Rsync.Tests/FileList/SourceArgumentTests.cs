using System.Text;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>docs/protocol.md 6.9 and 6.10.</summary>
public sealed class SourceArgumentTests
{
    [Theory]
    [InlineData("dir/", "dir/", ".", SourceKind.Top)]
    [InlineData("dir/.", "dir/", ".", SourceKind.Top)]
    [InlineData("dir/..", "dir/..", ".", SourceKind.Top)]
    [InlineData(".", "", ".", SourceKind.Top)]
    [InlineData("./", "./", ".", SourceKind.Top)]
    [InlineData("..", "..", ".", SourceKind.Top)]
    [InlineData("/", "/", ".", SourceKind.Top)]
    [InlineData("", "", ".", SourceKind.Top)]
    [InlineData("dir", "", "dir", SourceKind.Name)]
    [InlineData("a/b/file", "a/b/", "file", SourceKind.Name)]
    [InlineData("/file", "/", "file", SourceKind.Name)]
    [InlineData("...", "", "...", SourceKind.Name)]
    public void A_plain_argument_names_its_last_component(string text, string directory, string path, SourceKind kind) =>
        Assert.Equal((directory, path, kind), Parse(text, relative: false));

    [Theory]
    [InlineData("x/y/f1", "", "x/y/f1", SourceKind.Name)]
    [InlineData("x//y/./f1", "x//y/", "f1", SourceKind.Name)]
    [InlineData("dir/./sub/file", "dir/", "sub/file", SourceKind.Name)]
    [InlineData("dir/./", "dir/", ".", SourceKind.Top)]
    [InlineData("/etc/passwd", "/", "etc/passwd", SourceKind.Name)]
    [InlineData("/./etc", "/", "etc", SourceKind.Name)]
    [InlineData("/", "/", ".", SourceKind.Top)]
    [InlineData("x/", "", "x", SourceKind.Contents)]
    [InlineData("x/.", "", "x", SourceKind.Contents)]
    [InlineData("./x", "", "x", SourceKind.Name)]
    [InlineData("./", "", ".", SourceKind.Top)]
    [InlineData("../a/./b", "../a/", "b", SourceKind.Name)]
    public void A_relative_argument_keeps_its_path(string text, string directory, string path, SourceKind kind) =>
        Assert.Equal((directory, path, kind), Parse(text, relative: true));

    [Theory]
    [InlineData("../x")]
    [InlineData("x/..")]
    [InlineData("a/./../x")]
    public void A_relative_argument_cannot_climb(string text)
    {
        var failure = Assert.Throws<RsyncException>(() => Parse(text, relative: true));
        Assert.Equal(ExitCode.SyntaxOrUsage, failure.ExitCode);
    }

    [Fact]
    public void A_leading_dot_of_a_relative_argument_implies_the_top()
    {
        Assert.True(SourceArgument.Parse("./x"u8, relative: true).ImpliesTop);
        Assert.False(SourceArgument.Parse("./"u8, relative: true).ImpliesTop);
        Assert.False(SourceArgument.Parse("x"u8, relative: true).ImpliesTop);
    }

    private static (string Directory, string Path, SourceKind Kind) Parse(string text, bool relative)
    {
        var argument = SourceArgument.Parse(Encoding.UTF8.GetBytes(text), relative);
        return (Encoding.UTF8.GetString(argument.Directory), argument.Path.ToString(), argument.Kind);
    }
}
