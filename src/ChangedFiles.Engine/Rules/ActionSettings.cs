namespace ChangedFiles.Engine.Rules;

/// <summary>How a batch hands over its names.</summary>
public enum BatchInput
{
    /// <summary>On standard input, each name followed by a NUL byte.</summary>
    Stdin,
    /// <summary>As arguments, where <c>_FILE_</c> stands.</summary>
    Args,
}

/// <summary>One run for many names: at most <see cref="Most"/>, collected for at most <see cref="Wait"/>.</summary>
public sealed record BatchSettings(BatchInput Input, int Most, TimeSpan Wait);

/// <summary>How the actions of a rule are run.</summary>
public sealed record ActionSettings
{
    public static ActionSettings Default { get; } = new();

    /// <summary>A run that takes longer is killed with everything it started.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often a failed run is tried again.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Before the first of them; each further wait is twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many actions run at a time, of all rules (global) or of one rule; 0 is no limit of its own.</summary>
    public int Parallel { get; init; }

    /// <summary>An action waits until its path was quiet so long; events meanwhile are one.</summary>
    public TimeSpan Quiet { get; init; }

    /// <summary>Who runs the commands; null is the daemon's own user.</summary>
    public string? User { get; init; }

    /// <summary>Where commands run; null is the root directory.</summary>
    public string? WorkDirectory { get; init; }

    public BatchSettings? Batch { get; init; }
}
