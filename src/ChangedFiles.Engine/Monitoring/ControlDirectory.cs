namespace ChangedFiles.Engine.Monitoring;

/// <summary>Where the sockets of running mirrors are: one for each process, named by its id, for its user alone.</summary>
public static class ControlDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary><c>$XDG_RUNTIME_DIR/changedfiles</c>; without that <c>/run/changedfiles</c> for root, else <c>/tmp/changedfiles-USER</c>.</summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? $"{runtime}/changedfiles"
        : Environment.IsPrivilegedProcess ? "/run/changedfiles"
        : $"/tmp/changedfiles-{Environment.UserName}";

    /// <summary>The sockets that are there, also those that killed processes left.</summary>
    public static IReadOnlyList<string> Sockets =>
        Directory.Exists(Path) ? [.. Directory.GetFiles(Path, "*.socket").Order(StringComparer.Ordinal)] : [];

    /// <summary>The path of this process's socket, in a directory that nobody else can enter.</summary>
    /// <exception cref="IOException">The directory cannot be made, or others may enter it.</exception>
    public static string Claim()
    {
        Directory.CreateDirectory(Path, OwnerOnly);
        if (File.GetUnixFileMode(Path) != OwnerOnly)
            throw new IOException($"others may enter {Path}: `chmod 700` it, or remove it");
        return $"{Path}/{Environment.ProcessId}.socket";
    }
}
