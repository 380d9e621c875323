using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Roles;

/// <summary>How a destination on this machine treats links.</summary>
internal static class ReceivingTrees
{
    /// <summary>With <c>-K</c> a link to a directory is that directory, wherever it leads: it is the operator's own.</summary>
    public static LocalTreeOptions Of(TransferOptions options) => new()
    {
        FakeSuper = options.Preserve.FakeSuper,
        Links = options.Selection.KeepDirlinks ? LinkPolicy.Follow : LinkPolicy.Refuse,
    };
}
