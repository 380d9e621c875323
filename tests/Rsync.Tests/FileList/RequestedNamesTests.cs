using System.Text;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

public sealed class RequestedNamesTests
{
    [Theory]
    [InlineData("r", "src/", "./ a d/ d/b")]
    [InlineData("r", "src", "./ src/ src/d/ src/d/b")]
    [InlineData("r", "a/src/f.txt", "./ f.txt f.txt/x")]
    [InlineData("r", "a/*.c", "./ x.c .c x.c/y")]
    [InlineData("", "src/f", "./ f")]
    [InlineData("d", "src/", "./ a d/")]
    [InlineData("d", "src", "./ src/")]
    [InlineData("rR", "x/y/f", "./ x/ x/y/ x/y/f x/y/f/z")]
    [InlineData("rR", "x/./y/f", "./ y/ y/f")]
    [InlineData("R", "x/*/f[12]", "./ x/ x/q/ x/q/f1")]
    public void What_was_asked_for_is_allowed(string letters, string argument, string allowed)
    {
        var names = Names(letters, argument);
        Assert.All(allowed.Split(' '), name => Assert.True(names.Allow(Entry(name)), name));
    }

    [Theory]
    [InlineData("r", "src", "other src2/ srcs x/src")]
    [InlineData("r", "a/*.c", "x.h xc a/x.c")]
    [InlineData("", "src/f", "f/x f2 d/")]
    [InlineData("d", "src/", "d/b")]
    [InlineData("d", "src", "src/a")]
    [InlineData("rR", "x/y/f", "x x/y y/f x/z/ x/y/g")]
    [InlineData("R", "x/*/f[12]", "x/q/f3 x/q/r/f1 x/q/f1/y")]
    public void What_was_not_asked_for_is_refused(string letters, string argument, string refused)
    {
        var names = Names(letters, argument);
        Assert.All(refused.Split(' '), name => Assert.False(names.Allow(Entry(name)), name));
    }

    [Theory]
    [InlineData("r", "src/", "./ a/ a/b/", "")]
    [InlineData("r", "src", "src/ src/d/", "./")]
    [InlineData("r", "a/src/f.txt", "f.txt/", "./")]
    [InlineData("r", "a/*.c", "x.c/ x.c/y/", "./")]
    [InlineData("d", "src/", "./", "a/")]
    [InlineData("d", "src", "", "./ src/")]
    [InlineData("rR", "x/y/f", "x/y/f/ x/y/f/z/", "./ x/ x/y/")]
    [InlineData("R", "x/*/f[12]", "", "./ x/ x/q/ x/q/f1/")]
    public void Contents_that_were_not_asked_for_are_nobodys_business(string letters, string argument, string asked, string others)
    {
        var names = Names(letters, argument);
        Assert.All(Split(asked), name => Assert.True(names.AllowsContents(Entry(name).Path), name));
        Assert.All(Split(others), name => Assert.False(names.AllowsContents(Entry(name).Path), name));
    }

    [Theory]
    [InlineData("r", "src/", "", "src a a/b")]
    [InlineData("r", "src", "src", "src/a other")]
    [InlineData("rR", "x/y/f", "x/y/f", "x x/y x/y/f/z")]
    [InlineData("r", "a/*.c", "x.c", "x.c/y x.h")]
    public void Only_arguments_can_be_missing(string letters, string argument, string allowed, string refused)
    {
        var names = Names(letters, argument);
        Assert.All(Split(allowed), name => Assert.True(names.Allow(FileEntry.Missing(TreePath.Parse(name))), name));
        Assert.All(Split(refused), name => Assert.False(names.Allow(FileEntry.Missing(TreePath.Parse(name))), name));
    }

    private static string[] Split(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static RequestedNames Names(string letters, string argument) => new(
        new TransferOptions
        {
            Selection = new SelectionOptions
            {
                Recurse = letters.Contains('r', StringComparison.Ordinal),
                Dirs = letters.Contains('d', StringComparison.Ordinal),
                Relative = letters.Contains('R', StringComparison.Ordinal),
            },
        }, [Encoding.UTF8.GetBytes(argument)]);

    private static FileEntry Entry(string name) => new()
    {
        Path = TreePath.Parse(name.TrimEnd('/')),
        Mode = name.EndsWith('/') ? 0x41EDu : 0x81A4u,
    };
}
