using ChangedFiles.Engine.Changes;
using ChangedFiles.Engine.Destinations;
using ChangedFiles.Engine.Destinations.Remote;
using ChangedFiles.Engine.Planning;
using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using Xunit;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>Sessions that only save data, and what the destination is told and keeps of them.</summary>
public sealed class RenameSessionTests
{
    private static readonly TreePath Old = TreePath.Parse("d/old"), New = TreePath.Parse("d/new");

    private readonly MemoryTree _source = new();
    private readonly MemoryTree _destination = new();

    public RenameSessionTests()
    {
        Assert.Equal(Errno.None, _source.MakeDirectory(New.Parent, 0x1ED));
        Assert.Equal(Errno.None, _source.Create(New, out var made));
        using (made)
            Assert.Equal(Errno.None, made!.Commit());
    }

    /// <summary>Also when the batch is then refused, and sent once more.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_directory_that_was_made_for_a_rename_is_told_of(bool deletesByName)
    {
        var delivery = DeliverRename(new PlannedItem(Old, PlannedAction.Delete), deletesByName);
        Assert.Contains(New.Parent, delivery.Created);
        Assert.Equal(Errno.None, _destination.Stat(New, out _));
    }

    /// <summary>One that came between two looks at the name.</summary>
    [Fact]
    public void A_directory_is_not_emptied_for_a_file_that_had_its_name()
    {
        var kept = Old.Child("kept"u8);
        foreach (var tree in new[] { _source, _destination })
        {
            tree.MakeDirectory(Old.Parent, 0x1ED);
            Assert.Equal(Errno.None, tree.MakeDirectory(Old, 0x1ED));
            Assert.Equal(Errno.None, tree.MakeSymlink(kept, "there"u8));
        }
        DeliverRename(Item(Old, PlannedAction.Send));
        Assert.Equal(Errno.None, _destination.Stat(New, out _));
        Assert.Equal(Errno.None, _destination.Stat(kept, out _));
    }

    [Fact]
    public void A_receiver_that_ends_with_a_word_may_leave_something_half_done()
    {
        Assert.False(DeliverRename(new PlannedItem(Old, PlannedAction.Delete)).Interrupted);
        Assert.True(DeliverRename(new PlannedItem(Old, PlannedAction.Delete), isCut: true).Interrupted);
    }

    private Delivery DeliverRename(PlannedItem old, bool deletesByName = true, bool isCut = false)
    {
        var server = new SimulatedServer(new Random(0)) { Tree = () => _destination, DeletesByName = deletesByName };
        IBatchSession Open(LinkedTree? place)
        {
            var isFirst = isCut;
            isCut = false;
            return isFirst ? new CutSession() : server.Open(place);
        }
        using var mirrored = new RsyncDestination(
            new RsyncDestinationOptions { Name = "simulated", Server = server, WarmSessions = 0, RenamesFrom = 0 }, _source, Open);
        var renamed = Item(New, PlannedAction.Send);
        return mirrored.Deliver(new PlannedBatch
        {
            Items = [Item(TreePath.Root, PlannedAction.Parent), Item(New.Parent, PlannedAction.Parent), old, renamed],
            Renames = [new PlannedRename(Old, renamed, Contents: null, [])],
            Marks = [new DirtyMark(New)],
        }, CancellationToken.None);
    }

    private PlannedItem Item(TreePath path, PlannedAction action)
    {
        _source.Stat(path, out var stat);
        return new PlannedItem(path, action, stat);
    }

    private sealed class CutSession : IBatchSession
    {
        public TransferResult Push(PushBatch batch, Action<ReadOnlyMemory<byte>> onDeleted, CancellationToken cancellation) =>
            throw new RsyncException(ExitCode.ProtocolStream, SessionStage.Transfer, "connection unexpectedly closed") { FromPeer = true };

        public void Dispose()
        {
        }
    }
}
