namespace ChangedFiles.TestKit;

/// <summary>A file system of its own, mounted for a test and unmounted with it; the test is skipped where that cannot be.</summary>
public sealed class TempMount : IDisposable
{
    // The smallest that mkfs.xfs makes; the image is sparse.
    private const long ImageSize = 320L << 20;

    private readonly TempDirectory _temp = new();
    private readonly string[] _arguments;

    private TempMount(string? path, params string[] arguments)
    {
        _arguments = arguments;
        Path = path ?? _temp.Mkdir("mounted");
        Attach();
    }

    public string Path { get; }

    /// <param name="path">A directory that is there; null for one of its own.</param>
    public static TempMount Tmpfs(string size, string? path = null)
    {
        Privileges.NeedsMount();
        return new TempMount(path, "-t", "tmpfs", "-o", $"size={size}", "none");
    }

    /// <summary>A fresh file system of a kind (ext4, xfs, btrfs) in a loop-mounted image.</summary>
    /// <param name="path">A directory that is there; null for one of its own.</param>
    /// <param name="options">Of the program that makes it.</param>
    public static TempMount Loop(string kind, string? path = null, params string[] options)
    {
        Privileges.NeedsMount();
        Privileges.NeedsProgram($"mkfs.{kind}");
        var image = System.IO.Path.GetTempFileName();
        try
        {
            using (var file = File.OpenHandle(image, FileMode.Open, FileAccess.Write))
                RandomAccess.SetLength(file, ImageSize);
            Command.Check($"mkfs.{kind}", ["-q", .. options, image]);
            return new TempMount(path, "-o", "loop", image);
        }
        finally
        {
            File.Delete(image); // the mount keeps the inode
        }
    }

    /// <summary>A directory once more, at another place.</summary>
    public static TempMount Bind(string directory)
    {
        Privileges.NeedsMount();
        return new TempMount(null, "--bind", directory);
    }

    /// <summary>Mounts it again after <see cref="Detach"/>.</summary>
    public void Attach() => Command.Check("mount", [.. _arguments, Path]);

    /// <summary>Unmounts it under those who use it.</summary>
    public void Detach() => Command.Check("umount", "--lazy", Path);

    public void Dispose()
    {
        if (Command.Run("mountpoint", "--quiet", Path).ExitCode == 0)
            Detach();
        _temp.Dispose();
    }
}
