using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>A stream that is written to its end, and then read or looked at: a file in place of a peer.</summary>
internal sealed class WireTape : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly List<IDisposable> _open = [];
    private FrameWriter? _writer;

    /// <summary>A tape with nothing on it, to be filled by <see cref="Writer"/>.</summary>
    public WireTape()
    {
    }

    /// <summary>A tape with these bytes on it.</summary>
    public WireTape(ReadOnlySpan<byte> bytes) => File.WriteAllBytes(_path, bytes);

    public FrameWriter Writer => _writer ??= new FrameWriter(Open(FileAccess.Write), null);

    /// <summary>A reader at the beginning of what has been written.</summary>
    public FrameReader Rewind()
    {
        _writer?.Flush();
        return new FrameReader(Open(FileAccess.Read));
    }

    /// <summary>Everything that has been written.</summary>
    public byte[] Bytes()
    {
        _writer?.Flush();
        return File.ReadAllBytes(_path);
    }

    public string Hex() => Convert.ToHexStringLower(Bytes());

    public void Dispose()
    {
        foreach (var open in _open)
            open.Dispose();
        File.Delete(_path);
    }

    private Connection Open(FileAccess access)
    {
        var handle = File.OpenHandle(_path, FileMode.Open, access, FileShare.ReadWrite);
        var connection = new Connection(handle, handle) { Stage = SessionStage.FileList };
        _open.Add(connection);
        return connection;
    }
}
