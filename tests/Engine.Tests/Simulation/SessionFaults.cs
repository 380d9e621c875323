using ChangedFiles.Rsync;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Tests.Simulation;

/// <summary>What goes wrong in one session.</summary>
/// <param name="steps">So many steps at the tree, then it ends; below 0 for none.</param>
/// <param name="failing">Of a hundred names so many cannot be brought about.</param>
internal sealed class SessionFaults(Random random, int steps = -1, int failing = 0)
{
    private int _steps = steps;

    /// <summary>The next step does not come about.</summary>
    public bool IsEnd => _steps == 0;

    public bool Fails(FileEntry entry) => failing > 0 && !entry.Path.IsRoot && random.Next(100) < failing;

    public void Step()
    {
        if (_steps >= 0 && _steps-- == 0)
            throw new RsyncException(ExitCode.ProtocolStream, SessionStage.Transfer, "connection unexpectedly closed") { FromPeer = random.Next(4) == 0 };
    }
}
