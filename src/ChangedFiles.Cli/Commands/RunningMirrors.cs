using System.Text.Json.Nodes;
using ChangedFiles.Engine.Mirrors;
using ChangedFiles.Engine.Monitoring;
using ChangedFiles.Engine.Planning;

namespace ChangedFiles.Cli.Commands;

/// <summary>The mirrors of this user that run now, and the words to ask them.</summary>
internal static class RunningMirrors
{
    /// <summary>The status of each whose source is this directory; of all when it is null.</summary>
    public static IReadOnlyList<(string Socket, JsonObject Status)> Find(string? source)
    {
        var wanted = source is null ? null : RealPath(source);
        var found = new List<(string, JsonObject)>();
        foreach (var socket in ControlDirectory.Sockets)
        {
            if (Ask(socket, "status") is { } status && (wanted is null || (string?)status["source"] == wanted))
                found.Add((socket, status));
        }
        return found;
    }

    /// <summary>The answer; null from one that has just ended.</summary>
    public static JsonObject? Ask(string socket, params string[] words) =>
        ControlSocket.Ask(socket, words) is { } answer ? JsonNode.Parse(answer) as JsonObject : null;

    /// <summary>Says a word to each of them; true when at least one gives the answer that is hoped for.</summary>
    public static bool Tell(IReadOnlyList<(string Socket, JsonObject Status)> mirrors, string word, string hoped)
    {
        var answers = mirrors.Select(mirror => (string?)Ask(mirror.Socket, word)?["result"]).ToList();
        return answers.Contains(hoped);
    }

    /// <summary>What to say where none was found.</summary>
    public static string NoneFound(string? source) =>
        source is null ? "no mirror of this user is running" : $"no mirror of {source} is running (as this user): start one with `changedfiles mirror {source} DEST`";

    private static string RealPath(string source)
    {
        try
        {
            using var root = SourceRoot.Open(source);
            return root.RealPath;
        }
        catch (SourceLostException)
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));
        }
    }
}
