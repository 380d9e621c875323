using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class LocalTreeOnDiskTests() : LocalTreeContractTests(Path.GetTempPath());

public sealed class LocalTreeInSharedMemoryTests() : LocalTreeContractTests("/dev/shm");

/// <summary>The contract on a directory of one file system.</summary>
public abstract class LocalTreeContractTests : FileTargetContract, IDisposable
{
    private readonly string _directory;
    private readonly LocalTree _tree;

    protected LocalTreeContractTests(string above)
    {
        _directory = Path.Combine(above, $"changedfiles-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_directory);
        Assert.Equal(Errno.None, LocalTree.Open(_directory, out var tree));
        _tree = tree!;
    }

    protected override IFileTarget Target => _tree;

    public void Dispose()
    {
        _tree.Dispose();
        Command.Check("rm", "-rf", "--", _directory);
        GC.SuppressFinalize(this);
    }
}
