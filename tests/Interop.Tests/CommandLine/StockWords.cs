using System.Net;
using System.Net.Sockets;
using System.Text;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.CommandLine;

/// <summary>Asks a stock client what it would send: a remote shell that writes down its words, a daemon that does the same.</summary>
internal sealed class StockWords : IDisposable
{
    private readonly string _program = RsyncVersion.Installed.Program();

    public StockWords()
    {
        Directory.Write("src/a", "a");
        Directory.Write("list", "a\n");
        Directory.Mkdir("dd");
        Shell = Directory.Write("shell", $"#!/bin/sh\nprintf '%s\\0' \"$@\" >{Directory["words"]}\ndd bs=4000 count=1 2>/dev/null >{Directory["input"]}\nexit 1\n");
        File.SetUnixFileMode(Shell, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public TempDirectory Directory { get; } = new();

    /// <summary>A remote shell command.</summary>
    public string Shell { get; }

    /// <summary>What the remote shell is started with; null when the client gives up before.</summary>
    public (IReadOnlyList<string>? Words, Command Run) OfShell(IReadOnlyList<string> words, string? environment = null)
    {
        File.Delete(Directory["words"]);
        var run = Run(["-e", Shell, .. words], environment);
        return (File.Exists(Directory["words"]) ? Split(File.ReadAllBytes(Directory["words"])) : null, run);
    }

    /// <summary>What the shell's standard input got first.</summary>
    public byte[] Input => File.ReadAllBytes(Directory["input"]);

    /// <summary>Runs the client in the directory of the test files.</summary>
    public Command Run(IEnumerable<string> words, string? environment = null)
    {
        var start = new System.Diagnostics.ProcessStartInfo(_program, words) { WorkingDirectory = Directory.Path };
        foreach (var name in new[] { "RSYNC_RSH", "RSYNC_PARTIAL_DIR", "RSYNC_PROTECT_ARGS", "RSYNC_OLD_ARGS", "RSYNC_ICONV", "RSYNC_MAX_ALLOC" })
            start.Environment.Remove(name);
        if (environment?.Split('=', 2) is [var variable, var value])
            start.Environment[variable] = value;
        return Command.Run(start);
    }

    /// <summary>What a daemon gets; <paramref name="words"/> take <c>PORT</c> for its port.</summary>
    public byte[] OfDaemon(IReadOnlyList<string> words)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var received = Task.Run(() => Serve(listener));
        Run(words.Select(word => word.Replace("PORT", $"{port}", StringComparison.Ordinal)));
        return received.Wait(TimeSpan.FromSeconds(20)) ? received.GetAwaiter().GetResult() : throw new TimeoutException("no client came");
    }

    public void Dispose() => Directory.Dispose();

    private static byte[] Serve(TcpListener listener)
    {
        using var client = listener.AcceptTcpClient();
        using var stream = client.GetStream();
        stream.ReadTimeout = 10_000;
        stream.Write("@RSYNCD: 32.0 sha512 md5\n"u8);
        ReadLine(stream);
        ReadLine(stream);
        stream.Write("@RSYNCD: OK\n"u8);
        var all = new List<byte>();
        var ends = 0;
        for (var wanted = 1; ends < wanted; ends += all is [.., 0, 0] ? 1 : 0)
        {
            if (stream.ReadByte() is not (>= 0 and var next))
                break;
            all.Add((byte)next);
            if (all is [.., 0, 0] && ends == 0 && Encoding.Latin1.GetString([.. all]).Contains("\0-s", StringComparison.Ordinal))
                wanted = 2;
        }
        return [.. all];
    }

    private static void ReadLine(NetworkStream stream)
    {
        while (stream.ReadByte() is not ('\n' or < 0))
        {
        }
    }

    private static List<string> Split(byte[] words)
    {
        var list = new List<string>();
        foreach (var range in words.AsSpan().Split((byte)0))
            list.Add(ArgumentText.Decode(words.AsSpan()[range]));
        list.RemoveAt(list.Count - 1);
        return list;
    }
}
