using System.Globalization;

namespace ChangedFiles.Engine.Destinations;

/// <summary>How much may be deleted at a destination within a minute.</summary>
/// <param name="Number">Names, or a share of the names there, between 0 and 1.</param>
public readonly record struct DeletionLimit(double Number, bool IsShare)
{
    /// <summary>A share says nothing about so few names.</summary>
    private const int FewNames = 100;

    /// <summary>Takes <c>NUMBER</c> or <c>PERCENT%</c>.</summary>
    public static bool TryParse(string text, out DeletionLimit limit)
    {
        var isShare = text.EndsWith('%');
        var good = double.TryParse(isShare ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        limit = new DeletionLimit(isShare ? number / 100 : number, isShare);
        return good && (!isShare || number <= 100);
    }

    /// <summary>Whether so many names may go.</summary>
    /// <param name="hasNames">Tells whether the source has so many.</param>
    public bool Allows(long deleted, Func<long, bool> hasNames)
    {
        if (!IsShare)
            return deleted <= Number;
        // What is there is what stays, as the source has it, and what goes.
        return deleted <= FewNames || Number >= 1 || (Number > 0 && hasNames((long)Math.Ceiling(deleted * (1 - Number) / Number)));
    }

    public override string ToString() => IsShare ? string.Create(CultureInfo.InvariantCulture, $"{Number:0.##%}") : Number.ToString(CultureInfo.InvariantCulture);
}
