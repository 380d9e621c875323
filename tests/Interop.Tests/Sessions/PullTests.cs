using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>Pulls from stock daemons: the same tree and the same items as a stock client's.</summary>
public sealed class PullTests
{
    [Theory, EachRsync]
    public void A_tree_arrives_and_is_then_up_to_date(RsyncVersion version)
    {
        using var source = new TempDirectory();
        using var target = new TempDirectory();
        new TreeMaker(TestSeed.Next()).Fill(source.Path);
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", source.Path));
        foreach (var more in (string[])["--inc-recursive", "--no-inc-recursive", "--protocol=31", "--protocol=30"])
        {
            var place = target[more];
            var first = Puller.Pull(daemon, place, "-aH", more);
            Assert.True(first.ExitCode == ExitCode.Success, first.Said);
            TreeDiff.AssertSame(source.Path, place, more == "--protocol=30" ? TreeIgnore.Nanoseconds : TreeIgnore.None);
            var second = Puller.Pull(daemon, place, "-aH", more);
            Assert.Empty(second.Items);
            Assert.Equal(0, second.Result.Stats.FilesTransferred);
        }
    }

    [Theory, EachRsync]
    public void Every_option_does_what_it_does_in_stock_rsync(RsyncVersion version)
    {
        using var bed = new TempDirectory();
        PullBed.Make(bed.Path);
        using var daemon = new RsyncDaemon(version, new RsyncModule("mod", bed["s"]));
        var failures = new List<string>();
        // What the older one does differently shows in a few; the rest is this side's own.
        foreach (var line in PullCases.All.Where((_, i) => version == RsyncVersion.Installed || i % 4 == 0))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace("BED", bed.Path)).ToList();
            foreach (var copy in (string[])["ours", "stock"])
                Command.Check("cp", "-a", bed["d"], bed[copy]);
            var stock = RsyncVersion.Installed.Run(["-i", .. words, daemon.Url("mod/"), $"{bed["stock"]}/"]);
            var difference = Compare(bed, daemon, words, stock);
            if (difference.Length > 0)
                failures.Add($"{line}: {difference}");
            Command.Check("rm", "-rf", bed["ours"], bed["stock"]);
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private static string Compare(TempDirectory bed, RsyncDaemon daemon, List<string> words, Command stock)
    {
        Pulled ours;
        try
        {
            ours = Puller.Pull(daemon, $"{bed["ours"]}/", ["-i", .. words]);
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
        var text = "";
        if ((int)ours.ExitCode != stock.ExitCode)
            text += $"\n  exit code {ours.ExitCode}, stock {stock.ExitCode}";
        var diff = TreeDiff.Of(
            TreeSnapshot.Of(bed["stock"], TreeDetails.Content), TreeSnapshot.Of(bed["ours"], TreeDetails.Content), TimesOfNow(words));
        text += string.Concat(diff.Differences.Select(difference => $"\n  {difference}"));
        var theirs = ItemLines(ArgumentText.Decode(stock.OutputBytes).Split('\n')).ToList();
        var own = ItemLines(ours.Items).ToList();
        text += string.Concat(Without(theirs, own).Select(item => $"\n  stock: {item}")) + string.Concat(Without(own, theirs).Select(item => $"\n  ours:  {item}"));
        return text.Length == 0 ? "" : $"{text}\n  ours said: {ours.Said}\n  stock said: {stock.Error}";
    }

    /// <summary>What has the time of the run and not of the source.</summary>
    private static TreeIgnore TimesOfNow(List<string> words)
    {
        var letters = words[0];
        if (!letters.Contains('a') && !letters.Contains('t'))
            return TreeIgnore.Times;
        var directories = letters.Contains('O') || letters.Contains('b') || words.Exists(word => word.StartsWith("--max-delete"));
        return (directories ? TreeIgnore.DirectoryTimes : 0) | (letters.Contains('J') ? TreeIgnore.SymlinkTimes : 0);
    }

    private static IEnumerable<string> ItemLines(IEnumerable<string> lines) =>
        lines.Where(line => line.Length > 12 && line[11] == ' ' && line[0] is '>' or '<' or 'c' or 'h' or '.' or '*');

    private static List<string> Without(List<string> all, List<string> others)
    {
        var left = all.ToList();
        foreach (var other in others)
            left.Remove(other);
        return left;
    }
}
