namespace ChangedFiles.Rsync.Options;

/// <summary>How an <see cref="ExitCode"/> is said.</summary>
internal static class ExitCodeText
{
    /// <summary>The words that stand before "(code N)".</summary>
    public static string Describe(this ExitCode code) => code switch
    {
        ExitCode.Success => "success",
        ExitCode.SyntaxOrUsage => "syntax or usage error",
        ExitCode.ProtocolIncompatibility => "protocol incompatibility",
        ExitCode.FileSelection => "errors selecting input/output files, dirs",
        ExitCode.Unsupported => "requested action not supported",
        ExitCode.StartClientServer => "error starting client-server protocol",
        ExitCode.SocketIO => "error in socket IO",
        ExitCode.FileIO => "error in file IO",
        ExitCode.ProtocolStream => "error in rsync protocol data stream",
        ExitCode.Diagnostics => "errors with program diagnostics",
        ExitCode.Ipc => "error in IPC code",
        ExitCode.SiblingCrashed => "sibling process crashed",
        ExitCode.SiblingTerminated => "sibling process terminated abnormally",
        ExitCode.Signal1 => "received SIGUSR1",
        ExitCode.Signal => "received SIGINT, SIGTERM, or SIGHUP",
        ExitCode.WaitForChild => "waitpid() failed",
        ExitCode.OutOfMemory => "error allocating core memory buffers",
        ExitCode.PartialTransfer => "some files/attrs were not transferred (see previous errors)",
        ExitCode.Vanished => "some files vanished before they could be transferred",
        ExitCode.MaxDelete => "the --max-delete limit stopped deletions",
        ExitCode.Timeout => "timeout in data send/receive",
        ExitCode.ConnectTimeout => "timeout waiting for daemon connection",
        ExitCode.CommandFailed => "remote shell failed",
        ExitCode.CommandKilled => "remote shell killed",
        ExitCode.CommandNotRunnable => "remote command could not be run",
        ExitCode.CommandNotFound => "remote command not found",
        _ => "unexplained error",
    };

    /// <summary>
    /// The last line of a run that failed: <c>rsync error: WORDS (code N) at WHERE [WHO=VERSION]</c>; "rsync warning" for
    /// vanished files.
    /// </summary>
    /// <param name="code">How it ended; not <see cref="ExitCode.Success"/>.</param>
    /// <param name="where">The stage it ended in.</param>
    /// <param name="who">client, server, sender, receiver or generator.</param>
    /// <param name="version">The program's version.</param>
    public static string LastLine(this ExitCode code, string where, string who, string version) =>
        $"rsync {(code == ExitCode.Vanished ? "warning" : "error")}: {code.Describe()} (code {(int)code}) at {where} [{who}={version}]";
}
