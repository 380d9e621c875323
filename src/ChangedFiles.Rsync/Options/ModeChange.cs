namespace ChangedFiles.Rsync.Options;

/// <summary>
/// The changes of <c>--chmod</c>: comma-separated clauses, each <c>[D|F][ugoa](+|-|=)[rwxXst|u|g|o]</c> or <c>[D|F]OCTAL</c>.
/// <c>D</c> is for directories only, <c>F</c> for everything else. Without a "who" the umask holds bits back.
/// </summary>
public sealed class ModeChange : IEquatable<ModeChange>
{
    private const uint AllBits = 0xFFF;
    private const uint ExecuteBits = 0x49;
    private const uint Everyone = ExecuteBits;
    private const uint SetUid = 0x800;
    private const uint SetGid = 0x400;
    private const uint Sticky = 0x200;

    private readonly Clause[] _clauses;

    private ModeChange(string text, Clause[] clauses)
    {
        Text = text;
        _clauses = clauses;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads clauses; false when the text breaks the grammar.</summary>
    /// <param name="text">The clauses.</param>
    /// <param name="umask">The process's file mode creation mask, 0..0o777.</param>
    /// <param name="change">The result.</param>
    public static bool TryParse(string text, uint umask, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ModeChange? change)
    {
        change = null;
        var parts = text.Split(',');
        var clauses = new Clause[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParseClause(parts[i], umask, out clauses[i]))
                return false;
        }
        change = new ModeChange(text, clauses);
        return true;
    }

    /// <summary>These changes followed by <paramref name="next"/>, as a second <c>--chmod</c> adds them.</summary>
    internal ModeChange Then(ModeChange next) => new($"{Text},{next.Text}", [.. _clauses, .. next._clauses]);

    /// <summary>The mode (type and permission bits) after the changes.</summary>
    internal uint Apply(uint mode)
    {
        var directory = (mode & 0xF000) == 0x4000;
        var executable = directory || (mode & ExecuteBits) != 0;
        foreach (var clause in _clauses)
        {
            if (clause.Directories is not { } only || only == directory)
                mode = (mode & ~AllBits) | clause.Apply(mode & AllBits, executable);
        }
        return mode;
    }

    /// <summary>Equal changes, however they were written.</summary>
    public bool Equals(ModeChange? other) => other is not null && _clauses.AsSpan().SequenceEqual(other._clauses);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModeChange);

    /// <inheritdoc/>
    public override int GetHashCode() => _clauses.Length;

    /// <summary><see cref="Text"/></summary>
    public override string ToString() => Text;

    private static bool TryParseClause(string text, uint umask, out Clause clause)
    {
        clause = default;
        bool? directories = text.StartsWith('D') ? true : text.StartsWith('F') ? false : null;
        var rest = directories is null ? text : text[1..];
        if (rest.Length > 0 && char.IsAsciiDigit(rest[0]))
            return TryParseOctal(rest, directories, out clause);
        var split = rest.IndexOfAny(['+', '-', '=']);
        if (split < 0 || !TryParseWho(rest[..split], out var who, out var whoTop))
            return false;
        var bits = who == 0 ? Everyone : who;
        var hold = who == 0 ? umask : 0;
        return TryParseWhat(rest[(split + 1)..], whoTop, out var what, out var top, out var keep, out var from)
            && Fill(rest[split], out clause);

        bool Fill(char op, out Clause filled)
        {
            var perms = (bits * what & ~hold) | top;
            var clear = op switch
            {
                '-' => perms,
                '=' when from >= 0 => bits * 7 | TopBitsOf(bits),
                '=' => bits * 7 | (top != 0 ? whoTop : 0),
                _ => 0u,
            };
            filled = new Clause(directories, clear, op == '-' ? 0 : perms, keep, from, from >= 0 ? bits : 0, hold, op == '-');
            return true;
        }
    }

    private static uint TopBitsOf(uint who) =>
        ((who & 0x40) != 0 ? SetUid : 0) | ((who & 0x08) != 0 ? SetGid : 0) | ((who & 0x01) != 0 ? Sticky : 0);

    private static bool TryParseOctal(string digits, bool? directories, out Clause clause)
    {
        clause = default;
        uint mode = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
                return false;
            mode = mode * 8 + (uint)(digit - '0');
            if (mode > AllBits)
                return false;
        }
        clause = new Clause(directories, AllBits, mode, false, -1, 0, 0, false);
        return true;
    }

    private static bool TryParseWho(string text, out uint who, out uint top)
    {
        who = top = 0;
        foreach (var letter in text)
        {
            switch (letter)
            {
                case 'u':
                    who |= 0x40;
                    top |= SetUid;
                    break;
                case 'g':
                    who |= 0x08;
                    top |= SetGid;
                    break;
                case 'o':
                    who |= 0x01;
                    break;
                case 'a':
                    who |= Everyone;
                    top |= SetUid | SetGid;
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private static bool TryParseWhat(string text, uint whoTop, out uint what, out uint top, out bool keep, out int from)
    {
        what = top = 0;
        keep = false;
        from = text switch { "u" => 6, "g" => 3, "o" => 0, _ => -1 };
        if (from >= 0)
            return true;
        foreach (var letter in text)
        {
            switch (letter)
            {
                case 'r':
                    what |= 4;
                    break;
                case 'w':
                    what |= 2;
                    break;
                case 'X':
                    keep = true;
                    what |= 1;
                    break;
                case 'x':
                    what |= 1;
                    break;
                case 's':
                    top = whoTop != 0 ? top | whoTop : SetUid;
                    break;
                case 't':
                    top |= Sticky;
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    /// <summary>One clause: bits to clear, then bits to set; a copy takes its bits from the mode itself.</summary>
    private readonly record struct Clause(
        bool? Directories, uint Clear, uint Set, bool KeepExecute, int CopyFrom, uint CopyTo, uint Hold, bool Remove)
    {
        public uint Apply(uint mode, bool executable)
        {
            if (CopyFrom >= 0)
            {
                var copied = CopyTo * (mode >> CopyFrom & 7) & ~Hold;
                return Remove ? mode & ~copied : (mode & ~Clear) | copied;
            }
            var set = KeepExecute && !executable ? Set & ~ExecuteBits : Set;
            return (mode & ~Clear) | set;
        }
    }
}
