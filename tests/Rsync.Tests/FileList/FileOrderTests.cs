using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Rsync.Tests.FileList;

public sealed partial class FileOrderTests
{
    [Fact]
    public void Random_trees_are_sorted_as_the_rules_say()
    {
        var first = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {first}");
        for (var seed = first; seed < first + 50; seed++)
        {
            var random = new RandomEntries(seed);
            var entries = random.Tree(random.Random.Next(300), new FileListFormat()).Append(Entry(TreePath.Root, isDirectory: true)).ToArray();
            var byTheRules = entries.Order(Comparer<FileEntry>.Create(ByTheRules)).ToArray();
            FileOrder.Sort(entries);
            Assert.Equal(byTheRules, entries);
        }
    }

    [Fact]
    public void Entries_of_one_name_keep_their_order()
    {
        FileEntry[] entries = [.. Enumerable.Range(0, 100).Select(i => Entry(TreePath.Parse($"{i % 3}"), isDirectory: false))];
        var stable = entries.OrderBy(entry => entry.Path).ToArray();
        FileOrder.Sort(entries);
        Assert.Equal(stable, entries);
    }

    [Theory]
    [EachRsync]
    public void The_order_is_that_of_stock_rsync(RsyncVersion version)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var entries = new RandomEntries(seed).Tree(400, new FileListFormat());
        using var tree = new TempDirectory();
        Make(tree, "mkdir", entries.Where(entry => entry.IsDirectory));
        Make(tree, "touch", entries.Where(entry => !entry.IsDirectory));

        var listing = version.Run("-r", "--list-only", tree.Path + "/").Checked();
        var sorted = entries.Append(Entry(TreePath.Root, isDirectory: true)).ToArray();
        FileOrder.Sort(sorted);
        Assert.Equal(sorted.Select(entry => entry.Path), Paths(listing.OutputBytes));
    }

    /// <summary>6.6, word by word.</summary>
    private static int ByTheRules(FileEntry left, FileEntry right)
    {
        if (left.Path.IsRoot || right.Path.IsRoot)
            return right.Path.IsRoot.CompareTo(left.Path.IsRoot);
        var (ours, theirs) = (Components(left), Components(right));
        for (var i = 0; i < Math.Min(ours.Length, theirs.Length); i++)
        {
            if (ours[i].IsDirectory != theirs[i].IsDirectory)
                return ours[i].IsDirectory.CompareTo(theirs[i].IsDirectory);
            var order = ours[i].Name.AsSpan().SequenceCompareTo(theirs[i].Name);
            if (order != 0)
                return order;
        }
        return ours.Length - theirs.Length;
    }

    private static (byte[] Name, bool IsDirectory)[] Components(FileEntry entry)
    {
        var names = Encoding.Latin1.GetString(entry.Path.Bytes).Split('/');
        return [.. names.Select((name, i) =>
        {
            var isDirectory = i < names.Length - 1 || entry.IsDirectory;
            return (Encoding.Latin1.GetBytes(isDirectory ? name + "/" : name), isDirectory);
        })];
    }

    private static FileEntry Entry(TreePath path, bool isDirectory) =>
        new() { Path = path, Mode = (uint)(isDirectory ? FileKind.Directory : FileKind.Regular) | 0x1ED };

    private static void Make(TempDirectory tree, string program, IEnumerable<FileEntry> entries)
    {
        var names = entries.SelectMany(entry => (byte[])[.. "./"u8, .. entry.Path.Bytes, 0]).ToArray();
        if (names.Length > 0)
            Command.Run(new ProcessStartInfo("xargs", ["-0", program]) { WorkingDirectory = tree.Path }, names).Checked();
    }

    /// <summary>The names of a listing: after the time; with what is not printable as \#ooo.</summary>
    private static IEnumerable<TreePath> Paths(byte[] listing) =>
        Encoding.Latin1.GetString(listing).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var name = Line().Match(line).Groups[1].Value;
            return TreePath.Parse(Encoding.Latin1.GetBytes(Escape().Replace(name, octal => $"{(char)Convert.ToInt32(octal.Groups[1].Value, 8)}")));
        });

    [GeneratedRegex(@"^\S+ +[\d,]+ \d{4}/\d\d/\d\d \d\d:\d\d:\d\d (.*)$", RegexOptions.Singleline)]
    private static partial Regex Line();

    [GeneratedRegex(@"\\#(\d{3})")]
    private static partial Regex Escape();
}
