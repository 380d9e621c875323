using System.Buffers;
using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Format;

namespace ChangedFiles.Cli.Rsync.Output;

/// <summary>
/// Standard output, standard error and the log file of a run. Lines are bytes; names in them are escaped here, once.
/// A progress line that is still open is ended before anything else is written. Calls come from one thread at a time.
/// </summary>
internal sealed class TextOutput : IDisposable
{
    private const int FlushSize = 32 * 1024;

    private readonly Stream _output;
    private readonly Stream _error;
    private readonly Stream? _log;
    private readonly NameEscape.HighBytes _high;
    private readonly bool _quiet;
    private readonly bool _flushLines;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private bool _lineIsOpen;

    /// <param name="output">Where information goes.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="log">The log file; null without.</param>
    /// <param name="high">What is done with bytes above 127.</param>
    /// <param name="quiet">Information goes to the log only.</param>
    /// <param name="flushLines">Every line is written at once, so that whoever reads them sees them in time, and in their place between errors.</param>
    /// <param name="time">The clock of the log.</param>
    public TextOutput(Stream output, Stream error, Stream? log, NameEscape.HighBytes high, bool quiet, bool flushLines, TimeProvider time)
    {
        (_output, _error, _log, _high, _quiet, _flushLines, _time) = (output, error, log, high, quiet, flushLines, time);
    }

    /// <summary>A line of information, to standard output and the log; without its end.</summary>
    public void Info(ReadOnlySpan<byte> line)
    {
        Print(line);
        Log(line);
    }

    /// <inheritdoc cref="Info(ReadOnlySpan{byte})"/>
    public void Info(string line) => Info(ArgumentText.Encode(line));

    /// <summary>A line for standard output only.</summary>
    public void Print(ReadOnlySpan<byte> line)
    {
        if (_quiet)
            return;
        EndOpenLine();
        NameEscape.Write(line, _high, _pending);
        EndLine(_pending);
        if (_flushLines || _pending.WrittenCount >= FlushSize)
            Flush();
    }

    /// <summary>A line of an error, to standard error and the log.</summary>
    public void Error(ReadOnlySpan<byte> line)
    {
        Flush();
        var text = new ArrayBufferWriter<byte>(line.Length + 2);
        // As stock has it, the end of a line that is open goes where the next text goes.
        if (_lineIsOpen)
            EndLine(text);
        _lineIsOpen = false;
        NameEscape.Write(line, _high, text);
        EndLine(text);
        TryWrite(_error, text.WrittenSpan);
        Log(line);
    }

    /// <summary>Lines of an error.</summary>
    public void Error(string lines)
    {
        foreach (var line in lines.Split('\n'))
            Error(ArgumentText.Encode(line));
    }

    /// <summary>A line for the log only: date, time, process, text.</summary>
    public void Log(ReadOnlySpan<byte> line)
    {
        if (_log is null)
            return;
        var text = new ArrayBufferWriter<byte>(line.Length + 32);
        text.Write(Encoding.ASCII.GetBytes($"{TimeText.Format(_time.GetLocalNow().DateTime)} [{Environment.ProcessId}] "));
        NameEscape.Write(line, _high, text);
        EndLine(text);
        _log.Write(text.WrittenSpan);
        _log.Flush();
    }

    /// <summary>A progress text has been written that is not ended.</summary>
    public bool IsOpen => _lineIsOpen;

    /// <summary>A progress text, which begins with a carriage return. The line stays open unless it ends in a new-line.</summary>
    public void Progress(string text)
    {
        if (_quiet)
            return;
        _pending.Write(Encoding.ASCII.GetBytes(text));
        _lineIsOpen = !text.EndsWith('\n');
        Flush();
    }

    /// <summary>Ends an open progress line where it stands.</summary>
    public void EndProgress()
    {
        EndOpenLine();
        Flush();
    }

    /// <summary>Writes out what is buffered.</summary>
    public void Flush()
    {
        if (_pending.WrittenCount == 0)
            return;
        TryWrite(_output, _pending.WrittenSpan);
        _pending.ResetWrittenCount();
    }

    /// <summary>Ends an open progress line and writes out what is buffered; the streams stay open, the log is closed.</summary>
    public void Dispose()
    {
        EndProgress();
        _log?.Dispose();
    }

    /// <summary>A stream that is full or closed stops no transfer.</summary>
    public static void TryWrite(Stream stream, ReadOnlySpan<byte> text)
    {
        try
        {
            stream.Write(text);
            stream.Flush();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Nobody is there to be told.
        }
    }

    private void EndOpenLine()
    {
        if (_lineIsOpen)
            EndLine(_pending);
        _lineIsOpen = false;
    }

    private static void EndLine(ArrayBufferWriter<byte> text) => text.Write("\n"u8);
}
