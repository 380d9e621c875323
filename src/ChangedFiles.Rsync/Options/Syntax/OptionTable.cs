namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>A set of options, filled one call an option.</summary>
internal sealed class OptionTable<TDraft>
{
    private readonly List<Option<TDraft>> _all = [];
    private readonly Dictionary<string, Option<TDraft>> _byName = [];
    private readonly Option<TDraft>?[] _byLetter = new Option<TDraft>?[128];

    /// <summary>Every spelling, in the order it was added.</summary>
    public IReadOnlyList<Option<TDraft>> All => _all;

    public Option<TDraft>? Find(string name) => _byName.GetValueOrDefault(name);

    public Option<TDraft>? Find(char letter) => letter < _byLetter.Length ? _byLetter[letter] : null;

    public void Add(Option<TDraft> option)
    {
        _all.Add(option);
        if (option.Name.Length > 0)
            _byName.Add(option.Name, option);
        if (option.Letter != '\0')
            _byLetter[option.Letter] = option;
    }

    /// <summary>An option without a value.</summary>
    public void Flag(string name, char letter, string help, Action<TDraft> apply) =>
        Add(new Option<TDraft>(name, letter, OptionValue.None, (draft, _) => apply(draft), help));

    /// <summary>An option with its negations <c>--no-NAME</c> and, where it has a letter, <c>--no-LETTER</c>.</summary>
    public void Toggle(string name, char letter, string help, Action<TDraft, bool> apply)
    {
        Flag(name, letter, help, draft => apply(draft, true));
        Flag("no-" + name, '\0', "", draft => apply(draft, false));
        if (letter != '\0')
            Flag("no-" + letter, '\0', "", draft => apply(draft, false));
    }

    /// <summary>An option with a value.</summary>
    public void Text(string name, char letter, string help, Action<TDraft, string> apply) =>
        Add(new Option<TDraft>(name, letter, OptionValue.Text, apply, help));

    /// <summary>An option with a number.</summary>
    public void Number(string name, char letter, string help, Action<TDraft, int> apply) =>
        Add(new Option<TDraft>(name, letter, OptionValue.Number, (draft, text) => apply(draft, Numbers.Int(text, text)), help));

    /// <summary>Another name for an option that is already there.</summary>
    public void Alias(string alias, string name)
    {
        var option = _byName[name];
        Add(option with { Name = alias, Letter = '\0', Help = "" });
    }

    /// <summary>The same table, where the options that <paramref name="refuse"/> names are answered as a daemon answers them.</summary>
    public OptionTable<TDraft> Refusing(Func<string, char, bool> refuse)
    {
        var table = new OptionTable<TDraft>();
        table.AddRange(_all.Select(option => refuse(option.Name, option.Letter) ? option with { Apply = (_, _) => throw Refused(option) } : option));
        return table;
    }

    private static RsyncException Refused(Option<TDraft> option) => Usage.Unsupported(
        $"The server is configured to refuse {(option.Name.Length == 0 ? $"-{option.Letter}" : $"--{option.Name}")}"
        + (option.Name.Length > 0 && option.Letter != '\0' ? $" (-{option.Letter})" : ""));

    /// <summary>Adds options; a later one with the same letter wins.</summary>
    public void AddRange(IEnumerable<Option<TDraft>> options)
    {
        foreach (var option in options)
            Add(option);
    }
}
