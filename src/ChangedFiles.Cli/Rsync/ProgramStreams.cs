namespace ChangedFiles.Cli.Rsync;

/// <summary>Where a run's words go. The streams belong to the caller.</summary>
internal sealed record ProgramStreams(Stream Output, Stream Error)
{
    /// <summary>Those of the process.</summary>
    public static ProgramStreams OfProcess() => new(Console.OpenStandardOutput(), Console.OpenStandardError());
}
