using System.Text;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Rules;

/// <summary>
/// The two rules of 2001, word for word, on the paths that they name: with a real sshd, rsync and ImageMagick. Needs root to make those
/// paths, and a machine where they are not in use.
/// </summary>
public sealed class RulesOf2001Tests : IAsyncLifetime
{
    private const string Evil = "it's a \"name\" $(touch PWNED) `touch PWNED`; * \\ \n.jpg";
    private const string Source = "/home/mike/test";
    private const string Mirror = "/mirrors/otto/home/mike/test";

    private readonly TempDirectory _temp = new();
    private readonly List<string> _made = [];

    [Fact]
    public void The_replication_rule_replicates()
    {
        MakeTop("/home/mike", Source);
        MakeTop("/mirrors", Mirror);
        using var sshd = new Sshd();
        Directory.CreateDirectory(Source + "/old");
        Directory.CreateDirectory(Mirror + "/old");
        using var daemon = new RuleBed(SshToFaustus(sshd)).Start(Rules2001.Replication);

        string[] names = ["plain", "with blank", Evil];
        foreach (var name in names)
            File.WriteAllText($"{Source}/{name}", name);
        File.WriteAllText(Source + "/.Xauthority-c", "secret");
        File.CreateSymbolicLink(Source + "/link", "plain");
        Directory.CreateDirectory(Source + "/new");
        Directory.Delete(Source + "/old");
        foreach (var name in names)
            Eventually.Equal(name, () => Content($"{Mirror}/{name}"));
        Eventually.Equal("plain", () => new FileInfo(Mirror + "/link").LinkTarget);
        Eventually.True(() => Directory.Exists(Mirror + "/new") && !Directory.Exists(Mirror + "/old"), "directories follow");

        File.Move(Source + "/plain", Source + "/renamed 'it'");
        File.Delete($"{Source}/{Evil}");
        Eventually.Equal("plain", () => Content(Mirror + "/renamed 'it'"));
        Eventually.True(() => !File.Exists(Mirror + "/plain") && !File.Exists($"{Mirror}/{Evil}"), "what is gone goes");
        Assert.False(File.Exists(Mirror + "/.Xauthority-c"));
        Assert.Empty(Directory.GetFiles("/", "PWNED"));
    }

    [Fact]
    public void The_hot_folder_makes_a_png_of_each_jpg()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/convert"), "needs ImageMagick");
        const string Folder = "/export/home/image-converter";
        MakeTop("/export", Folder);
        using var daemon = new RuleBed().Start(Rules2001.HotFolder);
        Command.Check("/usr/bin/convert", "-size", "10x10", "xc:red", _temp["red.jpg"]);
        foreach (var name in (string[])["red.jpg", "two words.jpg", "it's $(touch PWNED).jpg"])
        {
            File.Copy(_temp["red.jpg"], $"{Folder}/{name}");
            var png = $"{Folder}/{name[..^4]}.png";
            Eventually.True(() => File.Exists(png) && File.ReadAllBytes(png) is [0x89, (byte)'P', (byte)'N', (byte)'G', ..], png);
        }
        Assert.Empty(Directory.GetFiles("/", "PWNED"));
    }

    public ValueTask InitializeAsync()
    {
        Privileges.NeedsRoot();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var top in _made)
            Command.Check("rm", "-rf", "--one-file-system", top);
        _temp.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A directory with an ssh that knows the host of the rules.</summary>
    private string SshToFaustus(Sshd sshd)
    {
        var configuration = File.ReadAllText(sshd.ConfigurationPath).Replace($"Host {sshd.Host}\n", "Host faustus\n", StringComparison.Ordinal);
        var path = _temp.Write("ssh_config", configuration);
        var program = _temp.Write("bin/ssh", $"#!/bin/sh\nexec {Command.Find("ssh")} -F {path} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return _temp["bin"];
    }

    private void MakeTop(string top, string directory)
    {
        Assert.SkipWhen(Directory.Exists(top), $"{top} is in use on this machine");
        _made.Add(top);
        Directory.CreateDirectory(directory);
    }

    private static string? Content(string path) => File.Exists(path) ? File.ReadAllText(path, Encoding.UTF8) : null;
}
