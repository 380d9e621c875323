using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Engine.Rules.Actions;
using ChangedFiles.Engine.Rules.Shell;
using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Engine.Running;

/// <summary>Runs shell and EXEC lines as processes.</summary>
/// <param name="log">Gets what commands say.</param>
/// <param name="environment">What they find in their environment besides the values of the event.</param>
internal sealed class CommandExecutor(ILogger log, IEnumerable<KeyValuePair<string, string>> environment)
{
    // Also held while a command is started: it may write before its group is noted.
    private readonly Lock _starting = new();
    private readonly HashSet<(RuleLine Line, int Group)> _running = [];
    private readonly byte[][] _environment = [.. environment.Select(e => Encoding.UTF8.GetBytes($"{e.Key}={e.Value}"))];

    public bool IsOwn(RuleLine line, int pid)
    {
        lock (_starting)
            return _running.Count > 0 && ChildProcess.GroupOf(pid) is > 0 and var group && _running.Contains((line, group));
    }

    public ActionOutcome Shell(ActionRun run, ShellScript script, CancellationToken cancellation)
    {
        List<byte[]> arguments = [.. new[] { "/bin/sh", "-c", script.Text, "changedfiles" }.Select(a => ArgumentText.Encode(a))];
        if (run.Rule.Settings.Batch?.Input == BatchInput.Args)
            arguments.AddRange(run.Events.Select(e => e.Path));
        return Run(run, arguments, script.Variables, cancellation);
    }

    public ActionOutcome Exec(ActionRun run, ExecAction action, CancellationToken cancellation)
    {
        var arguments = run.Rule.Settings.Batch is null
            ? action.Arguments(run.Values.First())
            : action.BatchArguments(run.Events.Select(e => e.Path));
        return Run(run, arguments, [], cancellation);
    }

    /// <summary>Runs a program for one event, as it is.</summary>
    public ActionOutcome Run(
        ActionRun run, IReadOnlyList<byte[]> arguments, IReadOnlyList<ShellVariable> variables, CancellationToken cancellation)
    {
        var settings = run.Rule.Settings;
        var directory = settings.WorkDirectory ?? "/";
        var place = run.Line.Place;
        var words = arguments;
        if (settings.User is { } user)
        {
            if (Accounts.PrimaryGroup(Encoding.UTF8.GetBytes(user)) is not { } group)
                return new ActionOutcome($"there is no user {user}");
            words = [.. AsUser(user, group), .. arguments];
        }
        var variablesOfRun = EnvironmentOf(run, variables);
        var input = settings.Batch?.Input == BatchInput.Stdin ? run.Events.SelectMany(e => (byte[])[.. e.Path, 0]).ToArray() : [];
        CommandProcess? process;
        lock (_starting)
        {
            var errno = CommandProcess.Start(Command, input, line => log.CommandSaid(place, line), out process);
            if (errno != Errno.None)
                return new ActionOutcome($"cannot start {ArgumentText.Decode(words[0])} in {directory}: {errno.Describe()}");
            _running.Add((run.Line, process!.Group));
        }
        try
        {
            using (process)
                return Describe(process.Wait(cancellation));
        }
        finally
        {
            lock (_starting)
                _running.Remove((run.Line, process.Group));
        }

        ChildStart Command(SafeFileHandle childInput, SafeFileHandle childOutput) => new()
        {
            Program = words[0],
            Arguments = words,
            Environment = variablesOfRun,
            WorkingDirectory = ArgumentText.Encode(directory),
            Input = childInput,
            Output = childOutput,
            Error = childOutput,
        };
    }

    private static ActionOutcome Describe(CommandEnd end)
    {
        if (end.WasKilled)
            return new ActionOutcome("it was ended before it was done");
        var said = end.LastLine.Length == 0 ? "" : $": {end.LastLine}";
        return end.ExitCode == 0 ? ActionOutcome.Success : new ActionOutcome($"exit code {end.ExitCode}{said}");
    }

    private List<byte[]> EnvironmentOf(ActionRun run, IReadOnlyList<ShellVariable> variables)
    {
        List<byte[]> environment = [.. _environment];
        if (run.Rule.Settings.Batch is not null)
            return environment;
        var values = run.Values.First();
        foreach (var substitution in SubstitutionText.All)
            environment.Add([.. Encoding.ASCII.GetBytes($"{substitution.Variable()}="), .. values[substitution]]);
        foreach (var variable in variables)
            environment.Add([.. Encoding.ASCII.GetBytes($"{variable.Name}="), .. variable.Value(values)]);
        return environment;
    }

    // A process cannot become another user's by itself without code between fork and exec; setpriv (util-linux) is that code.
    private static IEnumerable<byte[]> AsUser(string user, uint group) =>
        new[] { "setpriv", $"--reuid={user}", $"--regid={group}", "--init-groups", "--" }.Select(a => ArgumentText.Encode(a));
}
