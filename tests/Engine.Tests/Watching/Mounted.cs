using ChangedFiles.TestKit;

namespace ChangedFiles.Engine.Tests.Watching;

/// <summary>A mount that a test made; unmounted when disposed, unless it has gone already.</summary>
internal class Mounted(string point) : IDisposable
{
    public string Point => point;

    public void Dispose() => Command.Run("umount", "--lazy", point);
}

internal sealed class MountedTmpfs : Mounted
{
    public MountedTmpfs(string point) : base(point) => Command.Check("mount", "-t", "tmpfs", "-o", "size=16m", "changedfiles-test", point);
}

/// <summary>A new file system in a file beside its mount point.</summary>
internal sealed class MountedImage : Mounted
{
    public MountedImage(string type, TempDirectory temp) : base(temp.Mkdir("image"))
    {
        Command.Check("truncate", "--size=512M", temp["image.file"]);
        Command.Check($"mkfs.{type}", "-q", temp["image.file"]);
        Command.Check("mount", "-o", "loop", temp["image.file"], Point);
    }
}
