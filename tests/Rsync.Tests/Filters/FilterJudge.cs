using System.Diagnostics;
using System.Text;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.Filters;

/// <summary>A directory of files that stock rsync and our own walk look at with the same rules.</summary>
internal sealed class FilterJudge : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly LocalTree _top;

    public FilterJudge()
    {
        Tree = _temp.Mkdir("tree");
        Empty = _temp.Mkdir("empty");
        Assert.Equal(Errno.None, LocalTree.Open("/", out var top));
        _top = top!;
    }

    /// <summary>Stands in place of the names when the rules are refused.</summary>
    public const string Refused = "refused";

    public string Tree { get; }

    private string Empty { get; }

    /// <summary>Makes files (and "directories/") with the contents given after '='.</summary>
    public FilterJudge With(params string[] files)
    {
        foreach (var file in files)
        {
            var parts = file.Split('=', 2);
            if (parts[0].EndsWith('/'))
                _temp.Mkdir("tree/" + parts[0]);
            else
                _temp.Write("tree/" + parts[0], parts.Length > 1 ? parts[1] : "");
        }
        return this;
    }

    /// <summary>The names that rsync would transfer, sorted, or that it refuses the rules.</summary>
    public List<string> RsyncSends(params string[] options) =>
        Rsync([.. options, "-rn", "--out-format=%n", Tree + "/", Empty + "/"], line => line == "./" ? null : line);

    /// <summary>The names that rsync deletes when nothing of the tree is at the source any more. (A dry run would also name directories that stay.)</summary>
    public List<string> RsyncDeletes(params string[] options) =>
        Rsync([.. options, "-r", "--delete", "--out-format=%n", Empty + "/", Tree + "/"],
            line => line.StartsWith("deleting ", StringComparison.Ordinal) ? line["deleting ".Length..] : null);

    /// <summary>The same by our own walk.</summary>
    public List<string> WeSend(FilterRules rules, Action<string>? warning = null) => Sorted(sent =>
        Walk(Open(rules, FilterSide.Sender, warning).Enter(TreePath.Root), TreePath.Root, sent));

    public List<string> WeDelete(FilterRules rules) => Sorted(deleted =>
        Delete(Open(rules, FilterSide.Receiver), TreePath.Root, false, deleted));

    public FilterScope Open(FilterRules rules, FilterSide side, Action<string>? warning = null)
    {
        var root = TreePath.Parse(Tree[1..]);
        Assert.Equal(Errno.None, _top.OpenTree(root, out var source));
        return rules.Open(side, new FilterTree { Source = source, Top = _top, Root = root, Warning = warning });
    }

    public void Dispose()
    {
        _top.Dispose();
        _temp.Dispose();
    }

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
            yield return (directory.Child(Encoding.UTF8.GetBytes(entry.Name)), entry is DirectoryInfo);
    }

    private static List<string> Rsync(string[] arguments, Func<string, string?> name)
    {
        var start = new ProcessStartInfo("rsync", arguments);
        start.Environment["HOME"] = "/nonexistent";
        var rsync = Command.Run(start);
        return rsync.ExitCode is not 0
            ? [Refused]
            : Sorted(names => names.AddRange(rsync.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name).OfType<string>()));
    }

    private static List<string> Sorted(Action<List<string>> collect)
    {
        var names = new List<string>();
        try
        {
            collect(names);
        }
        catch (FilterException)
        {
            return [Refused];
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
