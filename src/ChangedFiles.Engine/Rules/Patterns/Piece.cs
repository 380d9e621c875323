using System.Runtime.InteropServices;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Patterns;

internal enum PieceKind
{
    Literal,
    /// <summary>A lone <c>.</c></summary>
    AnyCharacter,
    /// <summary><c>.*</c></summary>
    AnyRun,
    /// <summary>Something that only the regex itself can judge.</summary>
    Gap,
    Start,
    End,
}

/// <summary>One step of an alternative, as far as its literal shape goes.</summary>
internal readonly record struct Piece(PieceKind Kind, char Character = '\0')
{
    public static Piece AnyCharacter => new(PieceKind.AnyCharacter);
    public static Piece AnyRun => new(PieceKind.AnyRun);
    public static Piece Gap => new(PieceKind.Gap);
    public static Piece Start => new(PieceKind.Start);
    public static Piece End => new(PieceKind.End);

    public static Piece Literal(char character) => new(PieceKind.Literal, character);

    /// <summary>The shape of one alternative.</summary>
    public static LiteralShape ShapeOf(List<Piece> pieces)
    {
        var steps = CollectionsMarshal.AsSpan(pieces);
        var anchoredStart = steps is [{ Kind: PieceKind.Start }, ..];
        var anchoredEnd = steps is [.., { Kind: PieceKind.End }];
        if (anchoredStart)
            steps = steps[1..];
        if (anchoredEnd)
            steps = steps[..^(steps.IsEmpty ? 0 : 1)];

        // Literals between gaps; an empty first or last one means that a gap stands there.
        List<byte[]> literals = [];
        var text = new List<char>();
        var exact = true;
        foreach (var step in steps)
        {
            if (step.Kind == PieceKind.Literal)
            {
                text.Add(step.Character);
                continue;
            }
            exact &= step.Kind == PieceKind.AnyRun;
            literals.Add(Flush(text));
        }
        literals.Add(Flush(text));
        return Shape(literals, anchoredStart, anchoredEnd, exact);
    }

    private static LiteralShape Shape(List<byte[]> literals, bool anchoredStart, bool anchoredEnd, bool exact)
    {
        if (anchoredStart && anchoredEnd && literals.Count == 1)
            return new LiteralShape(literals[0], [], [], exact) { IsWhole = true, IsAnchored = true };
        var prefix = anchoredStart ? literals[0] : [];
        var suffix = anchoredEnd ? literals[^1] : [];
        IEnumerable<byte[]> middle = literals;
        if (anchoredStart)
            middle = middle.Skip(1);
        if (anchoredEnd)
            middle = middle.SkipLast(1);
        return new LiteralShape(prefix, [.. middle.Where(part => part.Length > 0)], suffix, exact) { IsAnchored = anchoredStart };
    }

    private static byte[] Flush(List<char> text)
    {
        var bytes = ArgumentText.Encode(CollectionsMarshal.AsSpan(text));
        text.Clear();
        return bytes;
    }
}
