using ChangedFiles.Linux;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>The file of <c>--password-file</c>: its first line counts, and nobody else may read it.</summary>
internal static class PasswordFile
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const int MaxLength = 64 << 10;

    // The daemon is not to blame.
    private static RsyncException Wrong(string text) => new(ExitCode.SyntaxOrUsage, SessionStage.Connect, text);

    public static byte[] Read(string file, OperatorPaths paths)
    {
        if (file == "-")
            return ArgumentText.Encode(Console.In.ReadLine() ?? "");
        try
        {
            using var input = OperatorFiles.OpenToRead(paths, file);
            if ((File.GetUnixFileMode(input.SafeFileHandle) & Others) != 0)
                throw Wrong("ERROR: password file must not be other-accessible");
            var content = new byte[MaxLength];
            content = content[..input.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
            var end = content.AsSpan().IndexOfAny((byte)'\n', (byte)'\r');
            var password = end < 0 ? content : content[..end];
            return password.Length > 0 ? password : throw Wrong($"ERROR: failed to read a password from {file}");
        }
        catch (Exception failure) when (failure is (IOException and not RsyncException) or UnauthorizedAccessException)
        {
            throw Wrong($"could not open password file {file}: {ErrnoText.Reason(failure)}");
        }
    }
}
