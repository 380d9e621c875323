using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Options;

/// <summary>Files that options name. What goes wrong is an <see cref="IOException"/>, as of any other file; <see cref="ErrnoText.Reason"/> has the words.</summary>
internal static class OperatorFiles
{
    /// <summary>A file to be read from its start.</summary>
    /// <param name="paths">How the name is followed.</param>
    /// <param name="name">In the form of <see cref="ArgumentText"/>.</param>
    public static FileStream OpenToRead(OperatorPaths paths, string name) =>
        new(Opened(paths.OpenToRead(ArgumentText.Encode(name), out var handle), handle), FileAccess.Read);

    /// <summary>A file to be written anew, with these permissions if it has to be made.</summary>
    public static FileStream OpenToWrite(OperatorPaths paths, string name, UnixFileMode permissions) =>
        new(Opened(paths.OpenToWrite(ArgumentText.Encode(name), (uint)permissions, out var handle), handle), FileAccess.Write, BufferSize);

    /// <summary>A file to be added to.</summary>
    public static FileStream OpenToAppend(OperatorPaths paths, string name) =>
        new(Opened(paths.OpenToAppend(ArgumentText.Encode(name), out var handle), handle), FileAccess.Write);

    private const int BufferSize = 64 << 10;

    private static SafeFileHandle Opened(Errno error, SafeFileHandle? handle) =>
        error == Errno.None ? handle! : throw new IOException(error.Describe(), (int)error);
}
