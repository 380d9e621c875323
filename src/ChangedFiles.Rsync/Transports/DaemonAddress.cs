namespace ChangedFiles.Rsync.Transports;

/// <summary>A module of an rsync daemon, and who asks for it.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Module">The module's name; empty for a listing.</param>
/// <param name="Port">TCP port.</param>
/// <param name="User">For modules that ask for a password; null takes $USER, $LOGNAME, then "nobody".</param>
internal sealed record DaemonAddress(string Host, string Module, int Port = DaemonAddress.DefaultPort, string? User = null)
{
    /// <summary>rsync's registered port.</summary>
    public const int DefaultPort = 873;

    /// <summary>The user that is sent.</summary>
    public string EffectiveUser => User is { Length: > 0 } ? User
        : Environment.GetEnvironmentVariable("USER") ?? Environment.GetEnvironmentVariable("LOGNAME") ?? "nobody";

    public override string ToString() =>
        $"rsync://{(User is null ? "" : User + "@")}{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}{(Port == DefaultPort ? "" : $":{Port}")}/{Module}";
}
