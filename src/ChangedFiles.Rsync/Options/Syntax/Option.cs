namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>What an option takes.</summary>
internal enum OptionValue
{
    None,
    Text,
    /// <summary>A 32-bit number in C notation: decimal, 0x hexadecimal or 0 octal.</summary>
    Number,
}

/// <summary>One spelling of an option and what it does. <paramref name="Letter"/> is NUL where there is only the long name.</summary>
/// <param name="Name">Without the two dashes.</param>
/// <param name="Letter">Without the dash.</param>
/// <param name="Value">What it takes.</param>
/// <param name="Apply">Called with the value, "" where there is none.</param>
/// <param name="Help">For the help page, <c>ARG=text</c> where it takes a value; "" keeps the spelling out of it.</param>
internal sealed record Option<TDraft>(string Name, char Letter, OptionValue Value, Action<TDraft, string> Apply, string Help = "")
{
    /// <summary>The same option for a draft that knows more.</summary>
    public Option<TMore> For<TMore>()
        where TMore : class, TDraft => new(Name, Letter, Value, Apply, Help);
}
