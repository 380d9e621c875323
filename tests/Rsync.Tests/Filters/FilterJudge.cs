using System.Diagnostics;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Rsync.Tests.Filters;

/// <summary>A directory of files that stock rsync and our own walk look at with the same rules.</summary>
internal sealed class FilterJudge : IDisposable
{
    public FilterJudge()
    {
        Directory.CreateDirectory(Tree);
        Directory.CreateDirectory(Empty);
    }

    public string Base { get; } = Directory.CreateTempSubdirectory("filters-").FullName;

    public string Tree => Path.Combine(Base, "tree");

    private string Empty => Path.Combine(Base, "empty");

    /// <summary>Makes files (and "directories/") with the contents given after '='.</summary>
    public FilterJudge With(params string[] files)
    {
        foreach (var file in files)
        {
            var parts = file.Split('=', 2);
            var path = Path.Combine(Tree, parts[0]);
            if (parts[0].EndsWith('/'))
            {
                Directory.CreateDirectory(path);
                continue;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, parts.Length > 1 ? parts[1] : "");
        }
        return this;
    }

    /// <summary>The names that rsync would transfer, sorted, or its first line of complaint.</summary>
    public List<string> RsyncSends(params string[] options) =>
        Rsync([.. options, "-rn", "--out-format=%n", Tree + "/", Empty + "/"], line => line == "./" ? null : line);

    /// <summary>The names that rsync would delete when nothing of the tree is at the source any more.</summary>
    public List<string> RsyncDeletes(params string[] options) =>
        Rsync([.. options, "-rn", "--delete", "--out-format=%n", Empty + "/", Tree + "/"],
            line => line.StartsWith("deleting ", StringComparison.Ordinal) ? line["deleting ".Length..] : null);

    /// <summary>The same by our own walk.</summary>
    public List<string> WeSend(FilterRules rules)
    {
        var sent = new List<string>();
        Walk(Open(rules, FilterSide.Sender).Enter(TreePath.Root), TreePath.Root, sent);
        return Sorted(sent);
    }

    public List<string> WeDelete(FilterRules rules)
    {
        var deleted = new List<string>();
        Delete(Open(rules, FilterSide.Receiver), TreePath.Root, false, deleted);
        return Sorted(deleted);
    }

    public FilterScope Open(FilterRules rules, FilterSide side) => rules.Open(side, new FilterTree
    {
        Source = new DirectorySource(Tree),
        Top = new DirectorySource("/"),
        Root = TreePath.Parse(Tree[1..]),
    });

    public void Dispose() => Directory.Delete(Base, recursive: true);

    private void Walk(FilterScope scope, TreePath directory, List<string> sent)
    {
        foreach (var (path, isDirectory) in Children(directory))
        {
            if (scope.Check(path, isDirectory).IsExcluded)
                continue;
            sent.Add(isDirectory ? path + "/" : path.ToString());
            if (isDirectory)
                Walk(scope.Enter(path), path, sent);
        }
    }

    /// <summary>True when nothing was kept.</summary>
    private bool Delete(FilterScope parent, TreePath directory, bool going, List<string> deleted)
    {
        var scope = parent.Enter(directory);
        var all = true;
        foreach (var (path, isDirectory) in Children(directory))
        {
            if (scope.Check(path, isDirectory, ignorePerishable: going).IsExcluded || (isDirectory && !Delete(scope, path, true, deleted)))
                all = false;
            else
                deleted.Add(isDirectory ? path + "/" : path.ToString());
        }
        return all;
    }

    private IEnumerable<(TreePath Path, bool IsDirectory)> Children(TreePath directory)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(Tree, directory.ToString())).EnumerateFileSystemInfos())
            yield return (directory.Child(System.Text.Encoding.UTF8.GetBytes(entry.Name)), entry is DirectoryInfo);
    }

    private static List<string> Rsync(string[] arguments, Func<string, string?> name)
    {
        var start = new ProcessStartInfo("rsync", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = "/nonexistent";
        using var rsync = Process.Start(start)!;
        var errors = rsync.StandardError.ReadToEndAsync();
        var lines = rsync.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        rsync.WaitForExit();
        return rsync.ExitCode is not 0 and not 25
            ? ["error: " + errors.GetAwaiter().GetResult().Split('\n')[0]]
            : Sorted(lines.Select(name).OfType<string>());
    }

    private static List<string> Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];

    /// <summary>A file source over plain System.IO, for names that are text.</summary>
    private sealed class DirectorySource(string root) : IFileSource
    {
        public Errno Stat(TreePath path, out FileStat stat) => throw new NotSupportedException();

        public Errno ReadLink(TreePath path, out byte[] target) => throw new NotSupportedException();

        public Errno List(TreePath directory, List<byte[]> names) => throw new NotSupportedException();

        public Errno Open(TreePath path, out SourceFile? file)
        {
            var full = Path.Combine(root, path.ToString());
            file = File.Exists(full) ? new Contents(File.ReadAllBytes(full)) : null;
            return file is null ? Errno.ENOENT : Errno.None;
        }
    }

    private sealed class Contents(byte[] bytes) : SourceFile
    {
        public override FileStat Stat => new() { Size = bytes.Length };

        public override Errno Read(Span<byte> buffer, long offset, out int read)
        {
            read = Math.Min(buffer.Length, bytes.Length - (int)offset);
            bytes.AsSpan((int)offset, read).CopyTo(buffer);
            return Errno.None;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
