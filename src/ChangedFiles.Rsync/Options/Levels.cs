using System.Runtime.CompilerServices;

namespace ChangedFiles.Rsync.Options;

/// <summary>A level of 0..15 for each flag of an enum that counts from 0 to at most 31, such as <see cref="InfoFlag"/>.</summary>
public readonly record struct Levels<TFlag>(UInt128 Bits)
    where TFlag : struct, Enum
{
    private const int BitsPerLevel = 4;

    /// <summary>The level of <paramref name="flag"/>; 0 is off.</summary>
    public int this[TFlag flag] => (int)(Bits >> Shift(flag)) & 0xF;

    /// <summary>The same with <paramref name="flag"/> at <paramref name="level"/>.</summary>
    public Levels<TFlag> With(TFlag flag, int level) =>
        new((Bits & ~((UInt128)0xF << Shift(flag))) | ((UInt128)(uint)level << Shift(flag)));

    /// <summary>Every flag at the higher of its two levels.</summary>
    public Levels<TFlag> Max(Levels<TFlag> other)
    {
        var result = this;
        foreach (var flag in Enum.GetValues<TFlag>())
            result = result.With(flag, Math.Max(this[flag], other[flag]));
        return result;
    }

    private static int Shift(TFlag flag) => BitsPerLevel * Unsafe.BitCast<TFlag, int>(flag);
}
