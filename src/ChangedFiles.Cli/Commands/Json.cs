using System.Text;
using System.Text.Json;

namespace ChangedFiles.Cli.Commands;

/// <summary>One JSON object as text.</summary>
internal static class Json
{
    public static string Write(Action<Utf8JsonWriter> content, JsonWriterOptions options = default)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
