using System.Text;
using System.Text.RegularExpressions;

namespace ChangedFiles.TestKit;

/// <summary>The extended attributes of a tree, as getfattr(1) writes them.</summary>
internal static partial class XattrTexts
{
    private const string Header = "# file: ";

    public static IEnumerable<(string Path, string Text)> Of(string directory)
    {
        string[] options = ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex"];
        var dump = Encoding.Latin1.GetString(Command.Run(new("getfattr", [.. options, "."]) { WorkingDirectory = directory }).OutputBytes);
        foreach (var paragraph in dump.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = paragraph.Split('\n');
            var name = Unescape(lines[0][Header.Length..]);
            yield return (name == "." ? "" : name, string.Join('\n', lines.Skip(1).Order(StringComparer.Ordinal)));
        }
    }

    private static string Unescape(string name) =>
        Escape().Replace(name, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Escape();
}
