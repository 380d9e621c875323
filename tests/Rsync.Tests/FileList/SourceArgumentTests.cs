using System.Text;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>docs/protocol.md 6.9 and 6.10.</summary>
public sealed class SourceArgumentTests
{
    [Theory]
    [InlineData("dir/", "dir/", ".", nameof(SourceKind.Top))]
    [InlineData("dir/.", "dir/", ".", nameof(SourceKind.Top))]
    [InlineData("dir/..", "dir/..", ".", nameof(SourceKind.Top))]
    [InlineData(".", "", ".", nameof(SourceKind.Top))]
    [InlineData("./", "./", ".", nameof(SourceKind.Top))]
    [InlineData("..", "..", ".", nameof(SourceKind.Top))]
    [InlineData("/", "/", ".", nameof(SourceKind.Top))]
    [InlineData("", "", ".", nameof(SourceKind.Top))]
    [InlineData("dir", "", "dir", nameof(SourceKind.Name))]
    [InlineData("a/b/file", "a/b/", "file", nameof(SourceKind.Name))]
    [InlineData("/file", "/", "file", nameof(SourceKind.Name))]
    [InlineData("...", "", "...", nameof(SourceKind.Name))]
    public void A_plain_argument_names_its_last_component(string text, string directory, string path, string kind) =>
        Assert.Equal((directory, path, kind), Parse(text, relative: false));

    [Theory]
    [InlineData("x/y/f1", "", "x/y/f1", nameof(SourceKind.Name))]
    [InlineData("x//y/./f1", "x//y/", "f1", nameof(SourceKind.Name))]
    [InlineData("dir/./sub/file", "dir/", "sub/file", nameof(SourceKind.Name))]
    [InlineData("dir/./", "dir/", ".", nameof(SourceKind.Top))]
    [InlineData("/etc/passwd", "/", "etc/passwd", nameof(SourceKind.Name))]
    [InlineData("/./etc", "/", "etc", nameof(SourceKind.Name))]
    [InlineData("/", "/", ".", nameof(SourceKind.Top))]
    [InlineData("x/", "", "x", nameof(SourceKind.Contents))]
    [InlineData("x/.", "", "x", nameof(SourceKind.Contents))]
    [InlineData("./x", "", "x", nameof(SourceKind.Name))]
    [InlineData("./", "", ".", nameof(SourceKind.Top))]
    [InlineData("../a/./b", "../a/", "b", nameof(SourceKind.Name))]
    public void A_relative_argument_keeps_its_path(string text, string directory, string path, string kind) =>
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

    private static (string Directory, string Path, string Kind) Parse(string text, bool relative)
    {
        var argument = SourceArgument.Parse(Encoding.UTF8.GetBytes(text), relative);
        return (Encoding.UTF8.GetString(argument.Directory), argument.Path.ToString(), argument.Kind.ToString());
    }
}
