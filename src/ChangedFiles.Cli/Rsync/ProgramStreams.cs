using ChangedFiles.Linux;

namespace ChangedFiles.Cli.Rsync;

/// <summary>Where a run's words go. The streams belong to the caller.</summary>
internal sealed record ProgramStreams(Stream Output, Stream Error)
{
    /// <summary>The process is there for the run alone.</summary>
    public bool AreProcess { get; private init; }

    /// <summary>Those of the process.</summary>
    public static ProgramStreams OfProcess() => new(new OutputStream(1), new OutputStream(2)) { AreProcess = true };
}
