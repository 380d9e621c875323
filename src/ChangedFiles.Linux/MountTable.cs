using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Linux;

/// <summary>A line of <c>/proc/self/mountinfo</c>.</summary>
/// <param name="Id">The kernel's number of the mount; reused after an unmount.</param>
/// <param name="Point">Where it is mounted, absolute, raw bytes.</param>
/// <param name="FileSystem">Its type, for example "ext4".</param>
internal sealed record Mount(int Id, byte[] Point, string FileSystem);

/// <summary>The mounts that this process sees, and a descriptor that wakes when they change.</summary>
internal sealed class MountTable : IDisposable
{
    private readonly SafeFileHandle _mountInfo = File.OpenHandle("/proc/self/mountinfo");

    /// <summary>Has <see cref="PollEvents.Priority"/> once after mounts or unmounts.</summary>
    public int Descriptor => (int)_mountInfo.DangerousGetHandle();

    /// <summary>The mounts as they are now, in the order they were made.</summary>
    public List<Mount> Read()
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = RandomAccess.Read(_mountInfo, buffer, text.Length)) > 0;)
            text.Write(buffer, 0, read);
        var mounts = new List<Mount>();
        var lines = text.GetBuffer().AsSpan(0, (int)text.Length);
        foreach (var range in lines.Split((byte)'\n'))
        {
            if (TryParse(lines[range], out var mount))
                mounts.Add(mount!);
        }
        return mounts;
    }

    /// <summary>The <see cref="Mount.Id"/> of the mount that an open file was reached through.</summary>
    public static int MountOf(SafeFileHandle handle)
    {
        const string field = "mnt_id:";
        var line = File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return int.Parse(line.AsSpan(field.Length).Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => _mountInfo.Dispose();

    // proc(5): id parent major:minor root point options [optional fields] - type source superoptions
    internal static bool TryParse(ReadOnlySpan<byte> line, out Mount? mount)
    {
        mount = null;
        var rest = line;
        if (!Utf8Parser.TryParse(TakeField(ref rest), out int id, out _))
            return false;
        for (var skipped = 0; skipped < 3; skipped++)
            TakeField(ref rest);
        var point = Unescape(TakeField(ref rest));
        var separator = rest.IndexOf(" - "u8);
        if (separator < 0)
            return false;
        rest = rest[(separator + 3)..];
        mount = new Mount(id, point, System.Text.Encoding.UTF8.GetString(TakeField(ref rest)));
        return true;
    }

    private static ReadOnlySpan<byte> TakeField(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)' ');
        var field = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return field;
    }

    // The kernel writes space, tab, newline and backslash as \ooo.
    private static byte[] Unescape(ReadOnlySpan<byte> field)
    {
        var bytes = new byte[field.Length];
        var length = 0;
        while (!field.IsEmpty)
        {
            var escaped = field[0] == '\\' && field.Length >= 4;
            bytes[length++] = escaped ? (byte)((field[1] - '0') * 64 + (field[2] - '0') * 8 + (field[3] - '0')) : field[0];
            field = field[(escaped ? 4 : 1)..];
        }
        return bytes[..length];
    }
}
