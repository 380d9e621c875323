using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Filters;

/// <summary>A filter rule cannot be read (exit code 1), or a file of rules that must be there is not (11). The message says which and why.</summary>
public sealed class FilterException(string message, ExitCode exitCode = ExitCode.SyntaxOrUsage)
    : RsyncException(exitCode, SessionStage.FileList, message);
