namespace ChangedFiles.Engine.Rules;

/// <summary>One thing that happened to one name, as rules see it. Paths are absolute and are the kernel's bytes.</summary>
public sealed record FileEvent(Operation Operation, byte[] Path)
{
    /// <summary>For RENAME the name it had before; null otherwise.</summary>
    public byte[]? OldPath { get; init; }

    /// <summary>True when the name is, or was, a directory's.</summary>
    public bool IsDirectory { get; init; }

    public DateTimeOffset Time { get; init; }

    /// <summary>
    /// The name was come across in a new directory, not reported. A report of the same may follow: the action waits a moment for it.
    /// </summary>
    public bool IsFound { get; init; }

    /// <summary>The process that did it; 0 where the source of events does not know.</summary>
    public int Pid { get; init; }

    /// <summary>The name of that process's program, where it is known.</summary>
    public string? Program { get; init; }
}
