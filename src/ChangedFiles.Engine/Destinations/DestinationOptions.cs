namespace ChangedFiles.Engine.Destinations;

/// <summary>How a destination is kept, wherever it is.</summary>
public abstract record DestinationOptions
{
    /// <summary>As the user wrote it.</summary>
    public required string Name { get; init; }

    /// <summary>What vanished at the source goes at the destination.</summary>
    public bool Delete { get; init; } = true;

    /// <summary>Nothing is changed; <see cref="Delivery.Changes"/> tells what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary><see cref="Delivery.Changes"/> names what is changed.</summary>
    public bool NamesChanges { get => field || DryRun; init; }
}
