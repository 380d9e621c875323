namespace ChangedFiles.Linux;

/// <summary>A system call failed where the caller could not go on. Says what was tried, on what, and why it failed.</summary>
public sealed class LinuxException(Errno errno, string operation, string? path = null)
    : IOException(path is null ? $"{operation}: {errno.Describe()}" : $"{operation} {path}: {errno.Describe()}", (int)errno)
{
    /// <summary>The reason.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>The path it was about, for people; null where there is none.</summary>
    public string? Path { get; } = path;

    /// <summary>Throws unless <paramref name="errno"/> is <see cref="Errno.None"/>.</summary>
    public static void ThrowIf(Errno errno, string operation, string? path = null)
    {
        if (errno != Errno.None)
            throw new LinuxException(errno, operation, path);
    }
}
