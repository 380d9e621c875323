using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Rsync.Tests.Files;

public sealed class MemoryTreeTests : FileTargetContract
{
    protected override IFileTarget Target { get; } = new MemoryTree();
}
