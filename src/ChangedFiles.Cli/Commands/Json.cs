using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChangedFiles.Cli.Commands;

/// <summary>JSON for <c>--json</c>.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Lines = new() { WriteIndented = true };

    public static JsonArray ToJson<T>(this IEnumerable<T> items, Func<T, JsonObject> json) => new([.. items.Select(json)]);

    public static string Indented(this JsonObject json) => json.ToJsonString(Lines);
}
