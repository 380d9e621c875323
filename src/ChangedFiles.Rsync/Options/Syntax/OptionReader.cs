namespace ChangedFiles.Rsync.Options.Syntax;

/// <summary>
/// Splits a command line the way rsync's users write it: bundled letters, a letter's value in the same word (<c>-B700</c>,
/// <c>-B=700</c>) or the next, <c>--name=value</c> or <c>--name value</c>, options between and after the paths, <c>--</c> as
/// the end of options. Long names are not abbreviated.
/// </summary>
internal static class OptionReader
{
    /// <summary>Applies every option in order and returns the other words.</summary>
    /// <exception cref="RsyncException">An unknown option, or a value that is missing or too many.</exception>
    public static List<string> Read<TDraft>(IReadOnlyList<string> words, OptionTable<TDraft> table, TDraft draft)
        where TDraft : OptionDraft
    {
        var paths = new List<string>();
        for (var i = 0; i < words.Count && !draft.Done; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                paths.AddRange(words.Skip(i + 1));
                break;
            }
            if (word.StartsWith("--", StringComparison.Ordinal))
                ReadLong(words, ref i, table, draft);
            else if (word.StartsWith('-') && word.Length > 1)
                ReadLetters(words, ref i, table, draft);
            else
                paths.Add(word);
        }
        return paths;
    }

    private static void ReadLong<TDraft>(IReadOnlyList<string> words, ref int i, OptionTable<TDraft> table, TDraft draft)
    {
        var word = words[i];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word[2..] : word[2..equals];
        var option = table.Find(name) ?? throw Usage.Syntax($"{word}: unknown option");
        if (option.Value == OptionValue.None)
        {
            if (equals >= 0)
                throw Usage.Syntax($"{word}: option does not take an argument");
            option.Apply(draft, "");
            return;
        }
        Apply(option, draft, equals >= 0 ? word[(equals + 1)..] : NextWord(words, ref i), words[i]);
    }

    private static void ReadLetters<TDraft>(IReadOnlyList<string> words, ref int i, OptionTable<TDraft> table, TDraft draft)
    {
        var word = words[i];
        for (var at = 1; at < word.Length; at++)
        {
            var option = table.Find(word[at]) ?? throw Usage.Syntax($"{word}: unknown option");
            if (option.Value == OptionValue.None)
            {
                option.Apply(draft, "");
                continue;
            }
            var rest = word[(at + 1)..];
            Apply(option, draft, rest.StartsWith('=') ? rest[1..] : rest.Length > 0 ? rest : NextWord(words, ref i), words[i]);
            return;
        }
    }

    /// <summary>What is wrong with a number is told of the word it stands in.</summary>
    private static void Apply<TDraft>(Option<TDraft> option, TDraft draft, string value, string word)
    {
        if (option.Value == OptionValue.Number)
            Numbers.Int(word, value);
        option.Apply(draft, value);
    }

    private static string NextWord(IReadOnlyList<string> words, ref int i) =>
        i + 1 < words.Count ? words[++i] : throw Usage.Syntax($"{words[i]}: missing argument");
}
