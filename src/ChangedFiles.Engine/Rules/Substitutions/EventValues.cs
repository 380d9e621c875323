using System.Globalization;
using System.Text;

namespace ChangedFiles.Engine.Rules.Substitutions;

/// <summary>The values that one event gives to the substitutions of one rule.</summary>
public sealed class EventValues
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly FileEvent _event;
    private readonly byte[] _literalPrefix;

    /// <param name="fileEvent">The event as the rule sees it.</param>
    /// <param name="literalPrefix">The literal beginning of the rule's regex; what is below it is the relative path.</param>
    public EventValues(FileEvent fileEvent, ReadOnlySpan<byte> literalPrefix)
    {
        _event = fileEvent;
        _literalPrefix = literalPrefix.ToArray();
    }

    public byte[] this[Substitution substitution] => substitution switch
    {
        Substitution.FILE or Substitution.NEW_FILE => _event.Path,
        Substitution.OLD_FILE => _event.OldPath ?? _event.Path,
        Substitution.BASENAME => Basename(_event.Path).ToArray(),
        Substitution.DIRNAME => Dirname(_event.Path).ToArray(),
        Substitution.RELATIVE => Relative(_event.Path, _literalPrefix).ToArray(),
        Substitution.OPERATION => Encoding.ASCII.GetBytes(_event.Operation.Spell()),
        Substitution.TIME => Encoding.ASCII.GetBytes(_event.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)),
        Substitution.PID => _event.Pid == 0 ? [] : Encoding.ASCII.GetBytes(_event.Pid.ToString(CultureInfo.InvariantCulture)),
        Substitution.PROGRAM => Encoding.UTF8.GetBytes(_event.Program ?? ""),
        _ => throw new ArgumentOutOfRangeException(nameof(substitution)),
    };

    public static ReadOnlySpan<byte> Basename(ReadOnlySpan<byte> path) =>
        path.Length == 1 ? path : path[(path.LastIndexOf((byte)'/') + 1)..];

    public static ReadOnlySpan<byte> Dirname(ReadOnlySpan<byte> path) =>
        path.LastIndexOf((byte)'/') is > 0 and var slash ? path[..slash] : "/"u8;

    // The tree is the literal beginning itself when the path is inside it, else the directory that it begins in:
    // ^/srv/in takes /srv/in/a to "a" and /srv/index to "index".
    private static ReadOnlySpan<byte> Relative(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix)
    {
        if (!path.StartsWith(prefix))
            prefix = [];
        prefix = prefix.TrimEnd((byte)'/');
        if (path.Length == prefix.Length)
            return "."u8;
        if (path[prefix.Length] != '/')
            prefix = prefix[..prefix.LastIndexOf((byte)'/')];
        return path[(prefix.Length + 1)..] is { IsEmpty: false } below ? below : "."u8;
    }
}
