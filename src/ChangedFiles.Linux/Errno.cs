using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>An error number of the kernel. <see cref="None"/> is success.</summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    EBADF = 9,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    EMFILE = 24,
    ETXTBSY = 26,
    EFBIG = 27,
    ENOSPC = 28,
    EROFS = 30,
    EMLINK = 31,
    EPIPE = 32,
    ERANGE = 34,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    ELOOP = 40,
    ENODATA = 61,
    EOVERFLOW = 75,
    EOPNOTSUPP = 95,
    ECONNRESET = 104,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
    EINPROGRESS = 115,
    ESTALE = 116,
    EUCLEAN = 117,
    EDQUOT = 122,
    ECANCELED = 125,
}

/// <summary>How an <see cref="Errno"/> is said.</summary>
public static class ErrnoText
{
    /// <summary>The text that <c>strerror(3)</c> gives, for example "No such file or directory".</summary>
    public static string Describe(this Errno errno) => Marshal.GetPInvokeErrorMessage((int)errno);

    /// <summary>What the runtime said of a file, as rsync says it: "No such file or directory (2)".</summary>
    public static string Reason(Exception failure)
    {
        var error = failure switch
        {
            FileNotFoundException or DirectoryNotFoundException => Errno.ENOENT,
            UnauthorizedAccessException => Errno.EACCES,
            PathTooLongException => Errno.ENAMETOOLONG,
            _ => (Errno)failure.HResult,
        };
        return error > Errno.None && (int)error < 200 ? $"{error.Describe()} ({(int)error})" : failure.Message;
    }

    /// <summary>The errno of the last P/Invoke on this thread, or <see cref="Errno.None"/> when <paramref name="result"/> is not negative.</summary>
    internal static Errno Of(long result) => result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
}
