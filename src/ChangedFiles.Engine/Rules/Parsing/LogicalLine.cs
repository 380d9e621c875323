using System.Text;

namespace ChangedFiles.Engine.Rules.Parsing;

/// <summary>
/// One line of a rule file after joining continued lines, which still knows where in the file each of its characters stands.
/// A line goes on in the next when it ends in an odd number of backslashes; backslash and newline vanish, as in sh.
/// </summary>
internal sealed class LogicalLine
{
    private readonly record struct Piece(int Start, int Line, string Source);

    private readonly List<Piece> _pieces = [];

    private LogicalLine(string file) => File = file;

    public string File { get; }

    public string Text { get; private set; } = "";

    public int Line => _pieces[0].Line;

    /// <summary>Splits a file into its lines; empty lines and comments (first character #) are left out.</summary>
    public static IEnumerable<LogicalLine> Split(string file, string content)
    {
        var lines = content.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].AsSpan().TrimStart() is [] or ['#', ..])
                continue;
            var logical = new LogicalLine(file);
            var text = new StringBuilder();
            while (true)
            {
                var source = lines[i].TrimEnd('\r');
                var continued = EndsInBackslash(source) && i + 1 < lines.Length;
                logical._pieces.Add(new Piece(text.Length, i + 1, source));
                text.Append(continued ? source.AsSpan(0, source.Length - 1) : source);
                if (!continued)
                    break;
                i++;
            }
            logical.Text = text.ToString();
            yield return logical;
        }
    }

    public RuleDiagnostic Diagnose(Severity severity, int offset, int length, string message, string? hint = null)
    {
        var piece = _pieces.FindLast(p => p.Start <= offset);
        return new RuleDiagnostic(severity, File, piece.Line, offset - piece.Start + 1, message)
        {
            Length = Math.Max(1, length),
            Hint = hint,
            SourceLine = piece.Source,
        };
    }

    private static bool EndsInBackslash(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;
}
