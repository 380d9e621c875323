using System.Runtime.CompilerServices;

namespace ChangedFiles.Rsync.Options;

/// <summary>A level of 0..15 for each flag of an enum that counts from 0 to at most 31, such as <see cref="InfoFlag"/>.</summary>
/// <param name="Low">The levels of the flags 0..15.</param>
/// <param name="High">The levels of the flags 16..31.</param>
// Not one UInt128: nothing that knows of it is compiled ahead, which costs a start 20 ms.
internal readonly record struct Levels<TFlag>(ulong Low, ulong High)
    where TFlag : struct, Enum
{
    private const int BitsPerLevel = 4;
    private const int FlagsInLow = 64 / BitsPerLevel;

    /// <summary>The level of <paramref name="flag"/>; 0 is off.</summary>
    public int this[TFlag flag] => (int)((Index(flag) < FlagsInLow ? Low : High) >> BitsPerLevel * Index(flag)) & 0xF;

    /// <summary>The same with <paramref name="flag"/> at <paramref name="level"/>.</summary>
    public Levels<TFlag> With(TFlag flag, int level) => Index(flag) < FlagsInLow
        ? this with { Low = Replace(Low, Index(flag), level) }
        : this with { High = Replace(High, Index(flag), level) };

    private static int Index(TFlag flag) => Unsafe.BitCast<TFlag, int>(flag);

    // A shift takes its count modulo 64, which is what the upper half needs.
    private static ulong Replace(ulong bits, int index, int level) =>
        bits & ~(0xFUL << BitsPerLevel * index) | (ulong)level << BitsPerLevel * index;
}
