using System.Globalization;
using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>What a snapshot holds beside names and what lstat(2) says.</summary>
[Flags]
public enum TreeDetails
{
    None = 0,
    Content = 1,
    Xattrs = 2,
    All = Content | Xattrs,
}

/// <summary>
/// A whole tree as it stands, taken with find(1), stat(1) and getfattr(1): a judge that shares no code with what it judges.
/// The tree may change meanwhile; what vanishes on the way is left out.
/// </summary>
public sealed class TreeSnapshot
{
    private const string Format = @"%P\0%y\0%m\0%U\0%G\0%s\0%T@\0%b\0%D:%i\0%n\0%l\0";
    private const int FieldCount = 11;

    private readonly SortedDictionary<string, TreeEntry> _entries = new(StringComparer.Ordinal);

    private TreeSnapshot(string directory) => Directory = directory;

    public string Directory { get; }

    /// <summary>By path, in byte order; the top of the tree is the first.</summary>
    public IReadOnlyDictionary<string, TreeEntry> Entries => _entries;

    /// <summary>Takes one of everything below the directory, and the directory itself.</summary>
    public static TreeSnapshot Of(string directory, TreeDetails details = TreeDetails.Content)
    {
        var snapshot = new TreeSnapshot(directory);
        snapshot.ReadNames();
        snapshot.ReadDevices();
        snapshot.ReadHardLinks();
        if (details.HasFlag(TreeDetails.Content))
            snapshot.Update(ContentHashes.Of(directory, snapshot._entries.Values), (entry, hash) => entry with { Content = hash });
        if (details.HasFlag(TreeDetails.Xattrs))
            snapshot.Update(XattrTexts.Of(directory), (entry, text) => entry with { Xattrs = text });
        return snapshot;
    }

    /// <summary>Fields separated by NUL, as bytes one a char.</summary>
    internal static string[] Fields(byte[] output)
    {
        var text = Encoding.Latin1.GetString(output);
        return text.Length == 0 ? [] : text[..^1].Split('\0');
    }

    private void ReadNames()
    {
        var find = Command.Run("find", Directory, "-printf", Format);
        if (find.Error.Split('\n').Any(line => line.Length > 0 && !line.EndsWith("No such file or directory", StringComparison.Ordinal)))
            throw new InvalidOperationException($"cannot read the whole tree: {find.Error}");
        foreach (var fields in Fields(find.OutputBytes).Chunk(FieldCount))
            _entries[fields[0]] = Entry(fields);
    }

    private static TreeEntry Entry(string[] fields) => new()
    {
        Path = fields[0],
        Type = fields[1][0],
        Mode = fields[2],
        Uid = fields[3],
        Gid = fields[4],
        Size = Number(fields[5]),
        Mtime = fields[6],
        Blocks = Number(fields[7]),
        Inode = fields[8],
        LinkCount = (int)Number(fields[9]),
        Target = fields[10],
    };

    // find has no word for a device node's numbers; stat has.
    private void ReadDevices()
    {
        if (!_entries.Values.Any(entry => entry.Type is 'b' or 'c'))
            return;
        // A node that goes meanwhile gives neither field.
        var stat = Command.Run("find", Directory, "(", "-type", "b", "-o", "-type", "c", ")",
            "-exec", "stat", "--printf", @"%n\0%t:%T\0", "{}", ";");
        var below = Directory.Length + 1;
        Update(Fields(stat.OutputBytes).Chunk(2).Select(pair => (pair[0][below..], pair[1])), (entry, device) => entry with { Device = device });
    }

    private void ReadHardLinks()
    {
        var groups = _entries.Values.Where(entry => entry.LinkCount > 1 && entry.Type != 'd').GroupBy(entry => entry.Inode).ToList();
        foreach (var group in groups.Where(group => group.Skip(1).Any()))
            Update(group.Select(entry => (entry.Path, group.First().Path)), (entry, first) => entry with { LinkedWith = first });
    }

    private void Update(IEnumerable<(string Path, string Value)> found, Func<TreeEntry, string, TreeEntry> change)
    {
        foreach (var (path, value) in found.ToList())
        {
            if (_entries.TryGetValue(path, out var entry))
                _entries[path] = change(entry, value);
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
