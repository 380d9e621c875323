using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>docs/protocol.md 6.6 to 6.8.</summary>
public sealed class FileListsTests
{
    [Fact]
    public void Lists_in_pieces_are_numbered_with_a_gap_for_their_directory()
    {
        var lists = new FileLists(incremental: true, receiving: true);
        lists.Add([Entry("./"), Entry("a.txt"), Entry("d/")]);
        var second = lists.Add([Entry("d/b.txt")], directoryNumber: 1);
        Assert.Equal(["./", "./", "a.txt", "d/", "d/", "d/b.txt", ""], Enumerable.Range(0, 7).Select(index => $"{lists.Find(index)}"));
        Assert.Equal(5, second.Start);
        Assert.Equal((".", "d", 2), ($"{lists.Directory(0)!.Path}", $"{lists.Directory(1)!.Path}", lists.DirectoryCount));
        Assert.True(lists.IsListed(1));
        Assert.Equal(7, lists.NextStart);
    }

    [Fact]
    public void A_first_list_without_top_has_no_entry_before_it()
    {
        var lists = new FileLists(incremental: true, receiving: true);
        lists.Add([Entry("d/")]);
        Assert.Null(lists.Find(0));
        Assert.NotNull(lists.Find(1));
        Assert.False(lists.IsListed(0));
    }

    [Fact]
    public void A_complete_list_starts_at_zero_and_is_all()
    {
        var lists = new FileLists(incremental: false, receiving: true);
        lists.Add([Entry("./"), Entry("a")]);
        Assert.True(lists.Complete);
        Assert.Equal(["", "./", "a", ""], Enumerable.Range(-1, 4).Select(index => $"{lists.Find(index)}"));
    }

    [Fact]
    public void Finished_lists_are_let_go_and_indexes_of_the_others_stay()
    {
        var lists = new FileLists(incremental: true, receiving: true);
        lists.Add([.. Enumerable.Range(0, 300).Select(i => Entry($"{i:000}/"))]);
        for (var i = 0; i < 300; i++)
            lists.Add([Entry($"{i:000}/f")], i);
        for (var i = 0; i < 200; i++)
        {
            lists.RemoveFirst();
            Assert.Equal(300 - i, lists.Count);
            Assert.Null(lists.Find(lists[0].Start - 2));
            Assert.Equal(lists[0].Directory, lists.Find(lists[0].Start - 1));
        }
        Assert.Equal("299/f", $"{lists.Find(lists.NextStart - 2)}");
        Assert.Equal(600, lists.TotalEntries);
    }

    [Theory]
    [InlineData("a a b", "a - b")]
    [InlineData("a a a", "a - -")]
    [InlineData("x b x/ c", "b c - x/")]
    [InlineData("x/ x/", "x/ -")]
    [InlineData("x x x/ x/", "- - x/ -")]
    [InlineData("x/ x x/y y", "- y x/ x/y")]
    public void Of_entries_with_one_name_one_stays(string names, string left)
    {
        var list = new FileLists(incremental: false, receiving: true).Add([.. names.Split(' ').Select(Entry)]);
        Assert.Equal(left, string.Join(' ', Enumerable.Range(0, list.Count).Select(index => list[index]?.ToString() ?? "-")));
    }

    [Fact]
    public void The_sending_side_keeps_what_it_sent_twice()
    {
        var list = new FileLists(incremental: false, receiving: false).Add([Entry("x"), Entry("x/"), Entry("x")]);
        Assert.Equal("x x x/", string.Join(' ', Enumerable.Range(0, 3).Select(index => list[index])));
    }

    [Theory]
    [InlineData(nameof(DirectoryContent.Listed), nameof(DirectoryContent.Top), nameof(DirectoryContent.Top))]
    [InlineData(nameof(DirectoryContent.None), nameof(DirectoryContent.Top), nameof(DirectoryContent.Top))]
    [InlineData(nameof(DirectoryContent.Implied), nameof(DirectoryContent.Listed), nameof(DirectoryContent.Listed))]
    [InlineData(nameof(DirectoryContent.Implied), nameof(DirectoryContent.Implied), nameof(DirectoryContent.Implied))]
    [InlineData(nameof(DirectoryContent.Implied), nameof(DirectoryContent.None), nameof(DirectoryContent.None))]
    public void A_directory_that_is_listed_twice_has_the_contents_of_both(string one, string other, string both)
    {
        foreach (var (first, second) in new[] { (one, other), (other, one) })
        {
            var entries = new List<FileEntry> { Entry("d/"), Entry("d/") };
            (entries[0].Content, entries[1].Content) = (Enum.Parse<DirectoryContent>(first), Enum.Parse<DirectoryContent>(second));
            var list = new FileLists(incremental: false, receiving: true).Add(entries);
            Assert.Equal(both, list[0]!.Content.ToString());
        }
    }

    [Fact]
    public void Names_are_found()
    {
        var list = new FileLists(incremental: false, receiving: true).Add([.. "./ a b/ b/c b-/ d x x/".Split(' ').Select(Entry)]);
        Assert.All("a b b/c b- d x .".Split(' '), name => Assert.True(list.Contains(TreePath.Parse(name)), name));
        Assert.All("c b/a e".Split(' '), name => Assert.False(list.Contains(TreePath.Parse(name)), name));
        Assert.Equal(-1, list.Find(TreePath.Parse("x"), isDirectory: false));
        Assert.Equal("x/", $"{list[list.Find(TreePath.Parse("x"), isDirectory: true)]}");
    }

    [Fact]
    public void Directories_without_files_are_pruned()
    {
        var list = new FileLists(incremental: false, receiving: true)
            .Add([.. "./ a/ a/b/ a/b/f a/c/ a/c/d/ e/ e/f/ g/ g/keep/ h/ i".Split(' ').Select(Entry)]);
        list.PruneEmptyDirectories(path => path == TreePath.Parse("g/keep"));
        Assert.Equal("./ i a/ a/b/ a/b/f g/ g/keep/", string.Join(' ',
            Enumerable.Range(0, list.Count).Select(index => list[index]).Where(entry => entry is not null)));
    }

    [Fact]
    public void A_group_knows_its_last_member()
    {
        FileEntry[] entries = [Entry("b"), Entry("a"), Entry("c")];
        var group = HardLinkGroup.Of(entries);
        Assert.Equal(-1, group.LastIndex);
        new FileLists(incremental: false, receiving: true).Add([.. entries]);
        Assert.Equal(2, group.LastIndex);
    }

    /// <summary>A name with a slash at its end is a directory.</summary>
    private static FileEntry Entry(string name) => new()
    {
        Path = TreePath.Parse(name.TrimEnd('/')),
        Mode = (uint)(name.EndsWith('/') ? FileKind.Directory : FileKind.Regular) | 0x1A4,
    };
}
