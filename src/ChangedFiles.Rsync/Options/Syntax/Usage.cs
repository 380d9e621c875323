namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>What a wrong command line is answered with.</summary>
internal static class Usage
{
    /// <summary>Exit code 1.</summary>
    public static RsyncException Syntax(string message) => new(ExitCode.SyntaxOrUsage, SessionStage.Setup, message);

    /// <summary>Exit code 4.</summary>
    public static RsyncException Unsupported(string message) => new(ExitCode.Unsupported, SessionStage.Setup, message);
}
