using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>The terminal that the user sits at.</summary>
internal static partial class Terminal
{
    private const int TermiosLength = 64;
    private const int LocalFlagsOffset = 12;
    private const uint Echo = 8;
    private const int SetAfterDrain = 1;
    private const int MaxLine = 8192;

    /// <summary>Asks for a line that is not shown while it is typed; where there is no terminal, on standard error and input.</summary>
    /// <returns>The line without its end; empty at the end of the input.</returns>
    public static byte[] ReadSecret(string prompt)
    {
        using var terminal = OpenTerminal();
        if (terminal is not null)
            return ReadHidden(terminal, terminal, prompt);
        using var output = new SafeFileHandle(2, ownsHandle: false);
        using var input = new SafeFileHandle(0, ownsHandle: false);
        return ReadHidden(input, output, prompt);
    }

    private static SafeFileHandle? OpenTerminal()
    {
        try
        {
            return File.OpenHandle("/dev/tty", access: FileAccess.ReadWrite, share: FileShare.ReadWrite);
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] ReadHidden(SafeFileHandle input, SafeFileHandle output, string prompt)
    {
        Span<byte> before = stackalloc byte[TermiosLength], hidden = stackalloc byte[TermiosLength];
        var hides = tcgetattr(input, before) == 0;
        before.CopyTo(hidden);
        var flags = MemoryMarshal.Cast<byte, uint>(hidden[LocalFlagsOffset..]);
        flags[0] &= ~Echo;
        if (hides)
            _ = tcsetattr(input, SetAfterDrain, hidden);
        Descriptors.TryWrite(output, System.Text.Encoding.UTF8.GetBytes(prompt), out _);
        var line = ReadLine(input);
        if (hides)
        {
            _ = tcsetattr(input, SetAfterDrain, before);
            Descriptors.TryWrite(output, "\n"u8, out _);
        }
        return line;
    }

    private static byte[] ReadLine(SafeFileHandle input)
    {
        var line = new List<byte>();
        Span<byte> next = stackalloc byte[1];
        while (line.Count < MaxLine && Descriptors.TryRead(input, next, out var read) == Errno.None && read == 1 && next[0] != '\n')
            line.Add(next[0]);
        return [.. line];
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(SafeFileHandle terminal, Span<byte> settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(SafeFileHandle terminal, int when, ReadOnlySpan<byte> settings);
}
