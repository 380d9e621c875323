namespace ChangedFiles.Cli.Commands;

/// <summary>rsync's password files: the first line counts, and nobody else may read the file.</summary>
internal static class PasswordFiles
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static byte[] Read(string file)
    {
        try
        {
            if (file == "-")
                return FirstLine(System.Text.Encoding.UTF8.GetBytes(Console.In.ReadLine() ?? ""));
            if ((File.GetUnixFileMode(file) & Others) != 0)
                throw new UsageException($"password file {file} must not be accessible to others: chmod o-rwx it");
            return FirstLine(File.ReadAllBytes(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read the password file: {failure.Message}");
        }
    }

    private static byte[] FirstLine(byte[] content)
    {
        var end = content.AsSpan().IndexOfAny((byte)'\n', (byte)'\r');
        return end < 0 ? content : content[..end];
    }
}
