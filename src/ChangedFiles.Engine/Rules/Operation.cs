namespace ChangedFiles.Engine.Rules;

/// <summary>What was done to a name, in the words of the rule file. A rule line holds one or several.</summary>
[Flags]
public enum Operation
{
    None = 0,
    /// <summary>A file that was open for writing was closed.</summary>
    OPENW = 1,
    /// <summary>A regular file came into being.</summary>
    CREATE = 1 << 1,
    MKDIR = 1 << 2,
    /// <summary>A device node, fifo or socket came into being.</summary>
    MKNOD = 1 << 3,
    SYMLINK = 1 << 4,
    /// <summary>A file got a further name (hard link).</summary>
    LINK = 1 << 5,
    UNLINK = 1 << 6,
    RMDIR = 1 << 7,
    RENAME = 1 << 8,
    CHMOD = 1 << 9,
    CHOWN = 1 << 10,
    /// <summary>Attributes changed otherwise: times, extended attributes, ACLs.</summary>
    ATTRIB = 1 << 11,
    TRUNCATE = 1 << 12,
    ANY = (1 << 13) - 1,
}

/// <summary>The spelling of <see cref="Operation"/> in rule files.</summary>
public static class OperationNames
{
    /// <summary>Every operation that can happen, in the order of the documentation, without ANY.</summary>
    public static IReadOnlyList<Operation> Single { get; } =
        [.. Enum.GetValues<Operation>().Where(o => o is not (Operation.None or Operation.ANY))];

    /// <summary>Reads one upper-case name; ANY too.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out Operation operation) =>
        Enum.TryParse(name, ignoreCase: false, out operation) && operation != Operation.None && char.IsAsciiLetterUpper(name[0]);

    /// <summary><c>CREATE|MKDIR</c>, or <c>ANY</c>.</summary>
    public static string Spell(this Operation operations) =>
        operations == Operation.ANY ? nameof(Operation.ANY) : string.Join('|', Single.Where(o => operations.HasFlag(o)));
}
