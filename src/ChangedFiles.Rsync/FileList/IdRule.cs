using System.Globalization;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// One rule of <c>--usermap</c>, <c>--groupmap</c> or <c>--chown</c>: FROM:TO, where FROM is an id, a range LOW-HIGH, a name or a
/// pattern, and TO an id or a name of this machine.
/// </summary>
internal sealed record IdRule
{
    private byte[]? _pattern;
    private uint _low;
    private uint _high;

    /// <summary>The id it gives.</summary>
    public uint Target { get; private init; }

    /// <summary>Reads a comma-separated list of rules; the first that matches an id counts. Rules with unknown targets go to <paramref name="unknown"/>.</summary>
    /// <param name="map">As written on the command line.</param>
    /// <param name="option">Name of the option, for the text of errors.</param>
    /// <param name="find">The id of a name on this machine.</param>
    /// <exception cref="RsyncException">It is not written as rules are (<see cref="ExitCode.SyntaxOrUsage"/>).</exception>
    public static List<IdRule> Parse(string? map, string option, Func<byte[], uint?> find, Action<string> unknown)
    {
        var rules = new List<IdRule>();
        foreach (var text in map?.Split(',') ?? [])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || colon == text.Length - 1)
                throw Wrong(colon < 0 ? $"No colon found in --{option}: {text}" : $"No name found after colon --{option}: {text}");
            var target = text[(colon + 1)..];
            if ((IsNumber(target) ? Number(option, target) : find(ArgumentText.Encode(target))) is { } id)
                rules.Add(From(text[..colon], id, option));
            else
                unknown($"Unknown --{option} name on receiver: {target}");
        }
        return rules;
    }

    public bool Matches(uint id, ReadOnlySpan<byte> name) =>
        _pattern is null ? id >= _low && id <= _high : Filters.Wildmatch.IsMatch(_pattern, name);

    private static IdRule From(string from, uint target, string option)
    {
        if (from is not [>= '0' and <= '9', ..])
            return new IdRule { _pattern = ArgumentText.Encode(from), Target = target };
        var dash = from.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
            return new IdRule { _low = Number(option, from), _high = Number(option, from), Target = target };
        return new IdRule { _low = Number(option, from[..dash]), _high = Number(option, from[(dash + 1)..]), Target = target };
    }

    private static bool IsNumber(string text) => !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static uint Number(string option, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong($"Invalid number in --{option}: {text}");

    private static RsyncException Wrong(string text) => new(ExitCode.SyntaxOrUsage, SessionStage.Setup, text);
}
