using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ChangedFiles.TestKit;

namespace ChangedFiles.Bench.Mirroring;

/// <summary>Something that keeps a daemon's module equal to a directory.</summary>
internal abstract class Contender : IDisposable
{
    public abstract string Name { get; }

    public virtual bool IsHere => true;

    /// <summary>Starts it and returns when both sides are equal.</summary>
    public abstract void Start(Bed bed);

    /// <summary>For those that do not watch: told of a change, returns when it has arrived.</summary>
    public virtual void Changed(Bed bed, string path)
    {
    }

    /// <summary>Returns when everything that has happened at the source is at the target.</summary>
    public virtual void WaitForAll(Bed bed) => bed.WaitForNames();

    /// <summary>Processor time since it was started, and the largest memory it had; nothing for programs that are started for each change.</summary>
    public virtual string Cost => "";

    /// <summary>Bytes of the protocol that were sent to the destination so far.</summary>
    public virtual long Sent(Bed bed) => 0;

    /// <summary>What it says of itself.</summary>
    public virtual string State(Bed bed) => "";

    public void Dispose() => Stop();

    protected virtual void Stop()
    {
    }
}

/// <summary>The program of this repository, as a user starts it.</summary>
internal sealed class Ours : Contender
{
    private readonly List<Process> _processes = [];

    public override string Name => "changedfiles";

    public override string Cost => _processes.Count == 0 ? "" : $"{Cpu.TotalSeconds:f2} s CPU, {Memory("VmHWM")} MB at most";

    /// <summary>Processor time since it was started.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _processes[^1].Refresh();
            return _processes[^1].TotalProcessorTime;
        }
    }

    /// <summary>A line of the process's status, in MB: "VmRSS" for the memory it has, "VmHWM" for the most it had.</summary>
    public int Memory(string line)
    {
        var status = File.ReadAllLines($"/proc/{_processes[^1].Id}/status").Single(text => text.StartsWith(line + ":", StringComparison.Ordinal));
        return int.Parse(status.AsSpan(line.Length + 1, status.Length - line.Length - "kB".Length - 1).Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    public override void Start(Bed bed)
    {
        var start = new ProcessStartInfo(Repository.PathOf("changedfiles"), ["mirror", "--json", bed.Source + "/", bed.Daemon.Url("mod/")]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        _processes.Add(process);
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains("\"state\":\"following\"", StringComparison.Ordinal))
        {
        }
        new Thread(() => process.StandardOutput.ReadToEnd()) { IsBackground = true }.Start();
    }

    public override void WaitForAll(Bed bed) => Command.Check(Repository.PathOf("changedfiles"), "wait", bed.Source);

    public override long Sent(Bed bed) => JsonNode.Parse(State(bed))!["destinations"]![0]!["sent_bytes"]!.GetValue<long>();

    public override string State(Bed bed) => Command.Run(Repository.PathOf("changedfiles"), "status", bed.Source, "--json").Output;

    /// <summary>Ends it as a user would, so that it can be started again.</summary>
    public void End()
    {
        Command.Check("kill", $"{_processes[^1].Id}");
        _processes[^1].WaitForExit();
        _processes.RemoveAt(_processes.Count - 1);
    }

    protected override void Stop()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
        }
        _processes.Clear();
    }
}

/// <summary>lsyncd with the shortest delay it knows; its default is 15 s.</summary>
internal sealed class Lsyncd(int delay) : Contender
{
    private ServerProcess? _server;

    public override string Name => $"lsyncd -delay {delay}";

    public override bool IsHere => Command.Exists("lsyncd");

    public override void Start(Bed bed)
    {
        var work = Path.GetDirectoryName(bed.Source)!;
        File.WriteAllText(Path.Combine(work, "lsyncd.lua"), $$"""
            settings { nodaemon = true, logfile = "{{work}}/lsyncd.log", maxDelays = 10000 }
            sync { default.rsync, source = "{{bed.Source}}", target = "{{bed.Daemon.Url("mod/")}}", delay = {{delay}}, rsync = { archive = true } }
            """);
        _server = new ServerProcess(Path.Combine(work, "lsyncd.out"), "lsyncd", Path.Combine(work, "lsyncd.lua"));
        bed.WaitForNames();
        Thread.Sleep(500);
    }

    protected override void Stop() => _server?.Dispose();
}

/// <summary>One <c>rsync</c> for each change, as anything does that runs it as a command.</summary>
internal sealed class RsyncEach(RsyncVersion version) : Contender
{
    public override string Name => "rsync for each";

    public override void Start(Bed bed) => version.Run("-a", bed.Source + "/", bed.Daemon.Url("mod/")).Checked();

    public override void Changed(Bed bed, string path) => version.Run("-a", path, bed.Daemon.Url("mod/")).Checked();
}
