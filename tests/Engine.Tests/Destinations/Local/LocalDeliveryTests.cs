using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations.Local;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using Xunit;

namespace ChangedFiles.Engine.Tests.Destinations.Local;

public sealed class LocalDeliveryTests
{
    private static readonly LocalDestinationOptions Options =
        new() { Name = "simulated", Directory = "", Selection = new Selection(FilterRules.None, new MemoryTree()) };

    private readonly MemoryTree _source = new();
    private readonly MemoryTree _destination = new();

    /// <summary>It looks like what is to come, but goes with its directory.</summary>
    [Fact]
    public void Names_of_a_file_are_not_linked_to_one_whose_directory_is_about_to_be_replaced()
    {
        Make(_source, "d/f", "c");
        Make(_destination, "d/f");
        Make(_destination, "e/f", "c");
        var renamed = Item("d", PlannedAction.Sweep);
        using var delivery = new LocalDelivery(_source, _destination, Options, [], new PlannedBatch
        {
            Items = [Item("", PlannedAction.Parent), renamed, Item("d/f", PlannedAction.Send), Item("c", PlannedAction.Send), new(Path("e"), PlannedAction.Delete)],
            Renames = [new PlannedRename(Path("e"), renamed, () => [], [])],
            Marks = [new DirtyMark(Path("d")) { Subtree = true }],
        }, CancellationToken.None);
        Assert.Empty(delivery.Run().Failures);
        Assert.Equal(Stat(_destination, "c").Inode, Stat(_destination, "d/f").Inode);
    }

    /// <summary>They look the same, and each has another name that is not mirrored.</summary>
    [Fact]
    public void Names_that_came_apart_are_not_set_as_one()
    {
        Make(_source, "d/f", "x");
        Make(_source, "e/g", "y");
        Make(_destination, "d/f");
        Assert.Equal(Errno.None, _destination.MakeDirectory(Path("e"), 0x1ED));
        Assert.Equal(Errno.None, _destination.MakeLink(Path("e/g"), Path("d/f")));
        Assert.Equal(Errno.None, _source.SetMetadata(Path("e/g"), new Metadata { Mode = 0x100 }, out _));
        using var delivery = new LocalDelivery(_source, _destination, Options, [], new PlannedBatch
        {
            Items = [.. new[] { "", "d", "e" }.Select(path => Item(path, PlannedAction.Parent)), Item("d/f", PlannedAction.Send), Item("e/g", PlannedAction.Send)],
            Marks = [],
        }, CancellationToken.None);
        Assert.Empty(delivery.Run().Failures);
        Assert.NotEqual(Stat(_destination, "d/f").Inode, Stat(_destination, "e/g").Inode);
        Assert.Equal(Stat(_source, "d/f").Mode, Stat(_destination, "d/f").Mode);
    }

    /// <summary>An empty file in a directory, and a further name of it.</summary>
    private static void Make(MemoryTree tree, string path, string? link = null)
    {
        Assert.Equal(Errno.None, tree.MakeDirectory(Path(path).Parent, 0x1ED));
        Assert.Equal(Errno.None, tree.OpenInPlace(Path(path), out var file));
        file!.Dispose();
        Assert.Equal(Errno.None, tree.SetMetadata(Path(path), new Metadata { Mtime = new FileTime(1, 0) }, out _));
        if (link is not null)
            Assert.Equal(Errno.None, tree.MakeLink(Path(link), Path(path)));
    }

    private PlannedItem Item(string path, PlannedAction action) => new(Path(path), action, Stat(_source, path));

    private static FileStat Stat(MemoryTree tree, string path)
    {
        Assert.Equal(Errno.None, tree.Stat(Path(path), out var stat));
        return stat;
    }

    private static TreePath Path(string path) => path.Length == 0 ? TreePath.Root : TreePath.Parse(path);
}
