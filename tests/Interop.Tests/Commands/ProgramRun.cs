using System.Diagnostics;
using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Commands;

/// <summary>The built program, as a process of its own.</summary>
internal static class ProgramRun
{
    /// <summary>The one that users run, where ./test has built it; else that of the tests' own build.</summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("CHANGEDFILES_TEST_PROGRAM") ?? System.IO.Path.Combine(AppContext.BaseDirectory, "changedfiles");

    /// <summary>Runs it to its end.</summary>
    public static Command Run(params IEnumerable<string> arguments) => Command.Run(Path, arguments);

    /// <summary>Runs it without root's right to read everything.</summary>
    public static Command RunUnprivileged(params IEnumerable<string> arguments) => Privileges.IsRoot
        ? Command.Run("setpriv", ["--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all", Path, .. arguments])
        : Run(arguments);

    /// <summary>The same with variables in its environment.</summary>
    public static Command Run(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path, arguments);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Command.Run(start);
    }
}
