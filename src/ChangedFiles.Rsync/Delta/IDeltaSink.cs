namespace ChangedFiles.Rsync.Delta;

/// <summary>Takes what a search finds, in the order of the new file. The spans are valid during the call only.</summary>
public interface IDeltaSink
{
    /// <summary>Bytes that are in no block of the basis; one or more, any number.</summary>
    void Literal(ReadOnlySpan<byte> data);

    /// <summary>A block of the basis; <paramref name="data"/> are its bytes.</summary>
    void Copy(int block, ReadOnlySpan<byte> data);
}

/// <summary>
/// Reads at <paramref name="offset"/> bytes from the start of a file. Returns the number of bytes read, 0 at the end; may be less
/// than asked. What to do about a read error is the caller's choice (docs/protocol.md 7.5), never seen here.
/// </summary>
public delegate int ReadAt(Span<byte> buffer, long offset);

/// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/> bytes from the start of a file.</summary>
public delegate void WriteAt(ReadOnlySpan<byte> data, long offset);
