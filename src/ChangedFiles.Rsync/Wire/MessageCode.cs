namespace ChangedFiles.Rsync.Wire;

/// <summary>What a frame carries (docs/protocol.md 3.2). The header's high byte is 7 more.</summary>
public enum MessageCode
{
    Data = 0,
    ErrorXfer = 1,
    Info = 2,
    Error = 3,
    Warning = 4,
    IoError = 22,
    IoTimeout = 33,
    NoOp = 42,
    ErrorExit = 86,
    Success = 100,
    Deleted = 101,
    NoSend = 102,
}

/// <summary>Receives every message that is not stream data, on the reading thread. The payload is valid only during the call.</summary>
/// <param name="code">A code of <see cref="MessageCode"/> other than Data.</param>
/// <param name="payload">At most <see cref="FrameReader.MaxMessage"/> bytes, of the right length where the length is fixed.</param>
internal delegate void MessageHandler(MessageCode code, ReadOnlySpan<byte> payload);
