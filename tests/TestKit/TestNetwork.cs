using System.Net;

namespace ChangedFiles.TestKit;

/// <summary>A network namespace with one line to this one, which can go down without anybody being told.</summary>
public sealed class TestNetwork : IDisposable
{
    private readonly string _name = $"cf{Environment.ProcessId}n{Random.Shared.Next(10_000)}";
    private readonly string _line;

    public TestNetwork()
    {
        Privileges.NeedsNetworkNamespaces();
        // One of the link-local networks, which nobody routes.
        var net = Random.Shared.Next(1, 64) * 4;
        var middle = Random.Shared.Next(1, 255);
        Outside = new IPAddress([169, 254, (byte)middle, (byte)(net + 1)]);
        _line = $"cfv{Random.Shared.Next(1_000_000_000)}";
        Ip("netns", "add", _name);
        Ip("link", "add", "name", _line, "type", "veth", "peer", "name", "line", "netns", _name);
        Ip("addr", "add", $"{Outside}/30", "dev", _line);
        Ip("link", "set", _line, "up");
        Ip("-n", _name, "addr", "add", $"169.254.{middle}.{net + 2}/30", "dev", "line");
        Ip("-n", _name, "link", "set", "line", "up");
    }

    /// <summary>This machine as seen from inside.</summary>
    public IPAddress Outside { get; }

    /// <summary>What stands before a command line that is to run inside.</summary>
    public IReadOnlyList<string> Enter => ["ip", "netns", "exec", _name];

    public void Down() => Ip("link", "set", _line, "down");

    public void Up() => Ip("link", "set", _line, "up");

    public void Dispose() => Ip("netns", "delete", _name);

    private static void Ip(params string[] arguments) => Command.Check("ip", arguments);
}
