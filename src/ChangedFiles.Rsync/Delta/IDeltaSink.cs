namespace ChangedFiles.Rsync.Delta;

/// <summary>Takes what a search finds, in the order of the new file. The spans are valid during the call only.</summary>
internal interface IDeltaSink
{
    /// <summary>Bytes that are in no block of the basis; one or more, any number.</summary>
    void Literal(ReadOnlySpan<byte> data);

    /// <summary>A block of the basis; <paramref name="data"/> are its bytes.</summary>
    void Copy(int block, ReadOnlySpan<byte> data);
}
