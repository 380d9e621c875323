using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Roles;

/// <summary>How a destination on this machine treats links.</summary>
internal static class ReceivingTrees
{
    /// <summary>
    /// With <c>-K</c> a link to a directory of the destination is that directory, with <c>--no-implied-dirs</c> too where it is only on the way; one that leads out
    /// of it fails, as in 3.5.0.
    /// </summary>
    public static LocalTreeOptions Of(TransferOptions options) => new()
    {
        Paths = options.Selection.Paths,
        FakeSuper = options.Preserve.FakeSuper,
        Links = options.Selection.KeepDirlinks || !options.Selection.ImpliedDirs ? LinkPolicy.FollowBeneath : LinkPolicy.Refuse,
    };
}
