using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>
/// A second line behind the resolution below held handles (docs/protocol.md 11.6): the threads of a session that receives give up the right to change
/// anything outside of the directories that it was told to change.
/// </summary>
internal static class Confinement
{
    /// <summary>
    /// Confines the calling thread and those it will start, for good. Does nothing where the kernel cannot, or where a directory is still to be made outside of
    /// the destination.
    /// </summary>
    public static void Enter(ReceivingHalf half)
    {
        if (half.Destination.Tree is not LocalTree destination)
            return;
        var others = new List<IFileTarget>();
        try
        {
            foreach (var name in Named(half.Options).Where(name => !IsInside(half.Destination, name)))
            {
                if (half.Destination.OpenOther!(name, make: false, out var other) != Errno.None)
                    return;
                others.Add(other!);
            }
            Landlock.ChangeOnlyBelow([destination.Root, .. others.OfType<LocalTree>().Select(other => other.Root)]);
        }
        finally
        {
            others.ForEach(other => (other as IDisposable)?.Dispose());
        }
    }

    private static bool IsInside(Destination destination, string name) =>
        TreePath.TryParse(ArgumentText.Encode(name.TrimEnd('/')), out var inside)
        && !SideDirectory.LeadsOut(destination.Tree, destination.Path.Append(inside), out _);

    /// <summary>The directories that options name. Who links from one of them to another must be allowed to change both.</summary>
    private static IEnumerable<string> Named(TransferOptions options) =>
        ((string?[])[options.Writing.TempDir, options.Writing.BackupDir, options.Writing.PartialDir, .. options.Comparison.AlternateDirs]).OfType<string>();
}
