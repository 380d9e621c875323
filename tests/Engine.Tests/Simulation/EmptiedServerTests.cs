using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Engine.Tests.Simulation;

public sealed class EmptiedServerTests
{
    /// <summary>Also when the batch is then refused, and sent once more.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_directory_that_was_made_for_a_rename_is_told_of(bool deletesByName)
    {
        var (source, destination) = (new MemoryTree(), new MemoryTree());
        var (directory, file) = (TreePath.Parse("d"), TreePath.Parse("d/new"));
        Assert.Equal(Errno.None, source.MakeDirectory(directory, 0x1ED));
        Assert.Equal(Errno.None, source.Create(file, out var made));
        using (made)
            Assert.Equal(Errno.None, made!.Commit());
        var server = new SimulatedServer(new Random(0)) { Tree = () => destination, DeletesByName = deletesByName };
        using var mirrored = new RsyncDestination(
            new RsyncDestinationOptions { Name = "simulated", Server = server, WarmSessions = 0, RenamesFrom = 0 }, source, server.Open);
        var (old, renamed) = (TreePath.Parse("d/old"), Item(source, file, PlannedAction.Send));
        var delivery = mirrored.Deliver(new PlannedBatch
        {
            Items = [Item(source, TreePath.Root, PlannedAction.Parent), Item(source, directory, PlannedAction.Parent), new(old, PlannedAction.Delete), renamed],
            Renames = [new PlannedRename(old, renamed, Contents: null, [])],
            Marks = [new DirtyMark(file)],
        }, CancellationToken.None);
        Assert.Contains(directory, delivery.Created);
        Assert.Equal(Errno.None, destination.Stat(file, out _));
    }

    private static PlannedItem Item(MemoryTree source, TreePath path, PlannedAction action)
    {
        source.Stat(path, out var stat);
        return new PlannedItem(path, action, stat);
    }
}
