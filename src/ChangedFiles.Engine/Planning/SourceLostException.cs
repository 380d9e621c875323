namespace ChangedFiles.Engine.Planning;

/// <summary>
/// The source is not what it was: gone, replaced, unmounted or suddenly empty. Mirroring that would empty the destination, so the mirror halts.
/// </summary>
public sealed class SourceLostException(string message) : Exception(message)
{
    /// <summary>It is there, with nothing in it. When it was never mirrored before, it may just be new.</summary>
    public bool IsEmpty { get; init; }
}
