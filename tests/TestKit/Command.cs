using System.Diagnostics;
using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>A program that ran to its end, with what it said. <see cref="OutputBytes"/> is its standard output unchanged.</summary>
public sealed record Command(string Line, int ExitCode, byte[] OutputBytes, string Error)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    public string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>Runs and waits; the exit code is the caller's business.</summary>
    public static Command Run(string program, params IEnumerable<string> arguments) => Run(new ProcessStartInfo(program, arguments));

    /// <summary>Runs and waits; any exit code but 0 fails the test with what the program said.</summary>
    public static Command Check(string program, params IEnumerable<string> arguments) => Run(program, arguments).Checked();

    /// <summary>Runs what the start info says with <paramref name="input"/> as its standard input, and waits.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it was killed with its children.</exception>
    public static Command Run(ProcessStartInfo start, ReadOnlyMemory<byte> input = default, TimeSpan? timeout = null)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var line = string.Join(' ', [start.FileName, .. start.ArgumentList]);
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var error = "";
        Thread[] threads =
        [
            Background(() => process.StandardOutput.BaseStream.CopyTo(output)),
            Background(() => error = process.StandardError.ReadToEnd()),
            Background(() => Write(process, input)),
        ];
        var limit = timeout ?? DefaultTimeout;
        if (!process.WaitForExit(limit) || !threads.All(thread => thread.Join(limit)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"it (or a child with its output) still runs after {limit}: {line}");
        }
        return new Command(line, process.ExitCode, output.ToArray(), error);
    }

    /// <summary>This command, when its exit code is 0.</summary>
    public Command Checked() => ExitCode == 0 ? this : throw new InvalidOperationException($"{this}");

    /// <summary>True when a program of this name is in PATH (or in the places of system programs).</summary>
    public static bool Exists(string program) => Find(program) is not null;

    /// <summary>Where a program of this name is; null when it is not installed.</summary>
    public static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    public override string ToString() => $"exit code {ExitCode} of: {Line}\n{Output}{Error}";

    private static Thread Background(Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void Write(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input.Span);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input; its exit code tells whether that was right.
        }
    }
}
