using ChangedFiles.Engine.Rules.Substitutions;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Shell;

/// <summary>
/// One value that a shell line takes from its environment, in the form that suits the place where it is expanded: a value
/// that further shells read is quoted once for each of them, so that each of them unquotes it back to plain data.
/// </summary>
internal sealed record ShellVariable(string Name, Substitution Source, IReadOnlyList<Quoting> Readers)
{
    /// <summary>For <c>basename _FILE_ .jpg</c>: what is taken off the end.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>It begins a word, so a name that begins with '-' needs "./" to stay a name.</summary>
    public bool StartsWord { get; init; }

    public byte[] Value(EventValues values)
    {
        ReadOnlySpan<byte> value = values[Source];
        var suffix = ArgumentText.Encode(Suffix);
        if (value.Length > suffix.Length && value.EndsWith(suffix))
            value = value[..^suffix.Length];
        byte[] text = StartsWord && value is [(byte)'-', ..] ? [.. "./"u8, .. value] : value.ToArray();
        return Readers.Aggregate(text, Quote);
    }

    /// <summary>Writes <paramref name="text"/> so that a shell which reads it in these quotes gets it back.</summary>
    internal static byte[] Quote(byte[] text, Quoting quoting) => quoting switch
    {
        Quoting.None => [(byte)'\'', .. Replace(text, "'"u8, @"'\''"u8), (byte)'\''],
        Quoting.Single => Replace(text, "'"u8, @"'\''"u8),
        _ => EscapeInDoubleQuotes(text),
    };

    private static byte[] Replace(byte[] text, ReadOnlySpan<byte> what, ReadOnlySpan<byte> with)
    {
        var result = new List<byte>(text.Length);
        foreach (var b in text)
            result.AddRange(b == what[0] ? with : [b]);
        return [.. result];
    }

    private static byte[] EscapeInDoubleQuotes(byte[] text)
    {
        var result = new List<byte>(text.Length);
        foreach (var b in text)
        {
            if (b is (byte)'"' or (byte)'\\' or (byte)'$' or (byte)'`')
                result.Add((byte)'\\');
            result.Add(b);
        }
        return [.. result];
    }
}
