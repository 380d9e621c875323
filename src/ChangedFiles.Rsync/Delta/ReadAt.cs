namespace ChangedFiles.Rsync.Delta;

/// <summary>
/// Reads at <paramref name="offset"/> bytes from the start of a file. Returns the number of bytes read, 0 at the end; may be less
/// than asked. What to do about a read error is the caller's choice (docs/protocol.md 7.5), never seen here.
/// </summary>
internal delegate int ReadAt(Span<byte> buffer, long offset);

/// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/> bytes from the start of a file.</summary>
internal delegate void WriteAt(ReadOnlySpan<byte> data, long offset);
