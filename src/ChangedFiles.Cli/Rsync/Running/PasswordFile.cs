using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary>The file of <c>--password-file</c>: its first line counts, and nobody else may read it.</summary>
internal static class PasswordFile
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static byte[] Read(string file)
    {
        if (file == "-")
            return ArgumentText.Encode(Console.In.ReadLine() ?? "");
        try
        {
            if ((File.GetUnixFileMode(file) & Others) != 0)
                throw Usage.Syntax("ERROR: password file must not be other-accessible");
            var content = File.ReadAllBytes(file);
            var end = content.AsSpan().IndexOfAny((byte)'\n', (byte)'\r');
            return end < 0 ? content : content[..end];
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw Usage.Syntax($"could not open password file {file}: {failure.Message}");
        }
    }
}
