using System.Formats.Tar;
using System.Net;
using System.Text.Json;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Rules;

/// <summary>The daemon as its users have it: a process with a rule file, real changes, real destinations.</summary>
public sealed class RuleProgramTests : IDisposable
{
    private readonly RuleBed _bed = new();
    private readonly string _tree;
    private readonly string _target;

    public RuleProgramTests()
    {
        _tree = _bed.Temp.Mkdir("tree");
        _target = _bed.Temp.Mkdir("target");
    }

    /// <summary>By batches, and by sessions of the general kind.</summary>
    [Theory]
    [InlineData("-a", 5000)]
    [InlineData("-az --inplace", 500)]
    public void A_tar_of_many_files_starts_no_program_for_rsync_lines(string options, int files)
    {
        using var trace = new ProcessTrace();
        using var daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", _target));
        Directory.CreateDirectory(_target + _tree);
        var log = _bed.Temp["done"];
        _bed.Start(trace, $"""
            RULE ^{_tree}/
            OPENW|MKDIR rsync {options} _FILE_ {daemon.Url("mod")}_FILE_
            OPENW APPEND {log} _RELATIVE_
            """);
        var before = trace.Started.Count;
        Command.Check("tar", "-C", _tree, "-xf", Tar(files));
        // No line is told of the times of directories.
        Eventually.SameTrees($"{_tree}/top", $"{_target}{_tree}/top", TreeIgnore.DirectoryTimes, timeout: TimeSpan.FromMinutes(2));
        Eventually.True(() => Lines(log).Length >= files, "every file was acted on", () => $"{Lines(log).Length}");
        Assert.Equal(files, Lines(log).Distinct().Count());
        Assert.Equal(files, Lines(log).Length);
        Assert.Equal(before, trace.Started.Count);
    }

    [Fact]
    public void A_mirror_line_starts_no_program_for_a_change_and_leaves_out_what_is_ignored()
    {
        using var trace = new ProcessTrace();
        using var daemon = new RsyncDaemon(RsyncVersion.Installed, new RsyncModule("mod", _target));
        File.WriteAllText($"{_tree}/first", "1");
        _bed.Start(trace, $"RULE ^{_tree}/\nIGNORE \\.swp$\nIGNORE ^{_tree}/private/\nMIRROR {daemon.Url("mod/")} --exclude=*.o");
        Eventually.Equal(true, () => File.Exists($"{_target}/first"));
        var before = trace.Started.Count;
        Directory.CreateDirectory($"{_tree}/private");
        foreach (var name in (string[])["private/key", "a.swp", "a.o", "it's $(x)", "last"])
            File.WriteAllText($"{_tree}/{name}", name);
        File.Delete($"{_tree}/first");
        Eventually.Equal("it's $(x), last, private", () => string.Join(", ", Names(_target)));
        Assert.Empty(Names($"{_target}/private"));
        Assert.Equal(before, trace.Started.Count);
    }

    [Fact]
    public void A_mirror_line_follows_a_directory_to_another_machine_by_ssh()
    {
        using var sshd = new Sshd();
        File.WriteAllText($"{_tree}/first", "1");
        _bed.Start($"RULE ^{_tree}/\nMIRROR {sshd.Host}:{_target} '--rsh={sshd.Command}'");
        Eventually.Equal("first", () => string.Join(", ", Names(_target)));
        File.Move($"{_tree}/first", $"{_tree}/second");
        Eventually.Equal("second", () => string.Join(", ", Names(_target)));
    }

    [Fact]
    public async Task An_address_is_told_what_happened_as_json()
    {
        using var server = new HttpListener();
        var address = $"http://127.0.0.1:{LoopbackPort.Free()}/";
        server.Prefixes.Add(address);
        server.Start();
        _bed.Start($"RULE ^{_tree}/\nOPENW HTTP POST {address}changed?name=_BASENAME_");
        File.WriteAllText($"{_tree}/a b&c", "");
        var request = await server.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        using var told = await JsonDocument.ParseAsync(request.Request.InputStream, default, TestContext.Current.CancellationToken);
        request.Response.Close();
        Assert.Equal("/changed?name=a%20b%26c", request.Request.RawUrl);
        Assert.Equal("OPENW", told.RootElement.GetProperty("operation").GetString());
        Assert.Equal($"{_tree}/a b&c", told.RootElement.GetProperty("file").GetString());
    }

    [Fact]
    public void Rules_are_reloaded_under_load_with_each_event_acted_on_once()
    {
        var log = _bed.Temp["done"];
        string Rules(string regex) => $"RULE ^{_tree}/{regex}\nOPENW APPEND {log} _FILE_\n";
        _bed.Start(Rules("f"));
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writer = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                File.WriteAllText($"{_tree}/f{written++}", "x");
        });
        writer.Start();
        try
        {
            Assert.Equal(0, _bed.Reload(Rules("(f|g)")).ExitCode);
            Eventually.True(() => _bed.Log.Split("read again").Length == 2, "read again", () => _bed.Log);
            var refused = _bed.Reload(Rules("[") + "OPENQ\n");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("the rules from before stay at work", refused.Error, StringComparison.Ordinal);
            Assert.Equal(0, _bed.Reload(Rules("")).ExitCode);
            Eventually.True(() => _bed.Log.Split("read again").Length == 3, "read twice again", () => _bed.Log);
        }
        finally
        {
            stop.Cancel();
            writer.Join();
        }
        Eventually.True(() => Lines(log).Length >= written, "all", () => $"{Lines(log).Length} of {written}");
        Assert.Equal(Enumerable.Range(0, written).Select(i => $"{_tree}/f{i}").Order(), Lines(log).Order());
    }

    [Fact]
    public void What_fails_for_good_is_kept_and_can_be_tried_again()
    {
        _bed.Start($"RULE ^{_tree}/\nRETRY 1 10ms\nWORKDIR {_tree}\nOPENW cat ../wanted > ../got_BASENAME_");
        File.WriteAllText($"{_tree}/x", "");
        Eventually.True(() => _bed.Log.Contains("given up", StringComparison.Ordinal), "given up", () => _bed.Log);
        Assert.Contains("cat ../wanted", _bed.Call("retry", "--list").Output, StringComparison.Ordinal);
        Assert.Equal(1, _bed.Call("retry", "-c", _bed.Rules).ExitCode);
        _bed.Temp.Write("wanted", "found");
        Assert.Equal(0, _bed.Call("retry", "-c", _bed.Rules).ExitCode);
        Assert.Equal("found", _bed.Temp.Read("gotx"));
        Assert.Empty(_bed.Call("retry", "--list").Output);
    }

    [Fact]
    public void An_end_leaves_what_could_not_be_done_for_a_retry()
    {
        _bed.Start($"RULE ^{_tree}/\nRETRY 5 1h\nOPENW LOG said _BASENAME_\nOPENW false");
        File.WriteAllText($"{_tree}/x", "");
        Eventually.True(() => _bed.Log.Contains("tried again", StringComparison.Ordinal), "it waits", () => _bed.Log);
        _bed.Stop(hurry: true);
        Assert.Contains("said x", _bed.Log, StringComparison.Ordinal);
        Assert.Contains("the daemon was stopped", _bed.Call("retry", "--list").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_says_what_it_would_do_as_json()
    {
        _bed.Start($"RULE ^{_tree}/\nOPENW rm -f _FILE_\nMIRROR {_target}", "--dry-run", "--json");
        File.WriteAllText($"{_tree}/a b", "");
        Eventually.True(() => _bed.Log.Contains("WouldDo", StringComparison.Ordinal), "said", () => _bed.Log);
        using var line = JsonDocument.Parse(_bed.Log.Split('\n').First(text => text.Contains("WouldDo", StringComparison.Ordinal)));
        Assert.Equal($"rm -f '{_tree}/a b'", line.RootElement.GetProperty("action").GetString());
        Assert.Equal("OPENW", line.RootElement.GetProperty("operation").GetString());
        Assert.True(File.Exists($"{_tree}/a b"));
        Assert.Empty(Names(_target));
    }

    [Fact]
    public void A_rule_file_is_run_once()
    {
        _bed.Start($"RULE ^{_tree}/\nOPENW LOG");
        var second = _bed.Call("run", "-c", _bed.Rules);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"already run by process {_bed.Pid}", second.Error, StringComparison.Ordinal);
        _bed.Stop();
        Assert.Contains("nobody runs", _bed.Call("reload", "-c", _bed.Rules).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_action_that_starts_itself_is_put_off_with_a_word()
    {
        _bed.Start($"RULE ^{_tree}/x$\nOPENW APPEND {_tree}/x again");
        File.WriteAllText($"{_tree}/x", "");
        Eventually.True(() => _bed.Log.Contains("starts itself again by what it writes", StringComparison.Ordinal), "the loop is told", () => _bed.Log);
        Assert.InRange(Lines($"{_tree}/x").Length, 5, 50);
    }

    [Fact]
    public void A_watched_directory_may_come_later_and_come_back()
    {
        var late = $"{_tree}/late/deep";
        _bed.Start($"RULE ^{late}/\nOPENW LOG seen _BASENAME_");
        foreach (var name in (string[])["one", "two"])
        {
            Directory.CreateDirectory(late);
            Eventually.True(() => Touch($"{late}/{name}") && _bed.Log.Contains($"seen {name}", StringComparison.Ordinal), name, () => _bed.Log);
            Directory.Delete($"{_tree}/late", recursive: true);
        }
    }

    public void Dispose() => _bed.Dispose();

    private static bool Touch(string path)
    {
        File.WriteAllText(path, "");
        return true;
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private static string[] Names(string directory) => [.. Directory.GetFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order()];

    private string Tar(int files)
    {
        // A directory's rsync may meet a file that tar has not given its time yet, and the file's own then compares whole seconds.
        var longAgo = DateTimeOffset.UtcNow.AddDays(-1);
        var path = _bed.Temp["tar"];
        using var tar = new TarWriter(File.Create(path));
        for (var i = 0; i < files; i++)
        {
            using var content = new MemoryStream("content"u8.ToArray());
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"top/d{i % 50}/s{i % 7}/f{i}") { DataStream = content, ModificationTime = longAgo });
        }
        return path;
    }
}
