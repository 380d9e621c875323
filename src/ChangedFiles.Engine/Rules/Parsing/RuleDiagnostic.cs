using System.Text;

namespace ChangedFiles.Engine.Rules.Parsing;

public enum Severity
{
    Warning,
    Error,
}

/// <summary>One thing wrong in a rule file. Line and column count from 1, the column in UTF-16 units.</summary>
public sealed record RuleDiagnostic(Severity Severity, string File, int Line, int Column, string Message)
{
    /// <summary>How many characters it is about; at least 1.</summary>
    public int Length { get; init; } = 1;

    /// <summary>What to do about it, where that can be said.</summary>
    public string? Hint { get; init; }

    /// <summary>The line as it stands in the file.</summary>
    public string SourceLine { get; init; } = "";

    /// <summary><c>file:line:column: error: message</c>, the line, a caret below the place, the hint.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{File}:{Line}:{Column}: {(Severity == Severity.Error ? "error" : "warning")}: {Message}");
        if (SourceLine.Length > 0)
        {
            text.Append($"\n    {SourceLine}\n    ");
            // Tabs are repeated so that the caret stands where the terminal puts the character.
            foreach (var c in SourceLine.AsSpan(0, Math.Min(Column - 1, SourceLine.Length)))
                text.Append(c == '\t' ? '\t' : ' ');
            text.Append('^').Append('~', Math.Max(0, Math.Min(Length, SourceLine.Length - Column + 1) - 1));
        }
        if (Hint is not null)
            text.Append($"\n    hint: {Hint}");
        return text.ToString();
    }
}
