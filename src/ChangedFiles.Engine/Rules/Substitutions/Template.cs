using System.Text;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Engine.Rules.Substitutions;

/// <summary>A piece of a template: fixed text, or a substitution.</summary>
public readonly record struct TemplatePart(string Literal, Substitution? Value);

/// <summary>Text with substitutions in it.</summary>
public sealed class Template
{
    private Template(IReadOnlyList<TemplatePart> parts) => Parts = parts;

    public IReadOnlyList<TemplatePart> Parts { get; }

    /// <summary>The text when nothing in it is substituted, else null.</summary>
    public string? Fixed => Parts switch
    {
        [] => "",
        [{ Value: null } only] => only.Literal,
        _ => null,
    };

    /// <summary>The substitution when the whole template is just that, else null.</summary>
    public Substitution? Only => Parts is [{ Value: { } only }] ? only : null;

    public static Template Parse(string text)
    {
        var builder = new Builder();
        for (var at = 0; at < text.Length;)
        {
            if (SubstitutionText.TryRead(text, at, out var substitution, out var length))
                builder.Add(substitution);
            else
                builder.Add(text[at]);
            at += Math.Max(1, length);
        }
        return builder.Build();
    }

    /// <summary>The text with the values put in as they are.</summary>
    public byte[] Expand(EventValues values) => Expand(values, value => value);

    /// <summary>The text with the values put in as <paramref name="encode"/> writes them.</summary>
    public byte[] Expand(EventValues values, Func<byte[], byte[]> encode)
    {
        var bytes = new List<byte>();
        foreach (var part in Parts)
            bytes.AddRange(part.Value is { } value ? encode(values[value]) : ArgumentText.Encode(part.Literal));
        return [.. bytes];
    }

    /// <summary>
    /// As one argument of a program: a bare name that begins with '-' gets "./" before it, so that it is never taken for an option.
    /// </summary>
    public byte[] ExpandArgument(EventValues values)
    {
        var bytes = Expand(values);
        var isName = Parts is [{ Value: Substitution.BASENAME or Substitution.RELATIVE }, ..];
        return isName && bytes is [(byte)'-', ..] ? [.. "./"u8, .. bytes] : bytes;
    }

    public override string ToString() => string.Concat(Parts.Select(p => p.Value is { } value ? value.Spell() : p.Literal));

    /// <summary>Collects the parts of a template.</summary>
    internal sealed class Builder
    {
        private readonly List<TemplatePart> _parts = [];
        private readonly StringBuilder _literal = new();

        public void Add(char c) => _literal.Append(c);

        public void Add(Substitution substitution)
        {
            Flush();
            _parts.Add(new TemplatePart("", substitution));
        }

        public Template Build()
        {
            Flush();
            return new Template([.. _parts]);
        }

        private void Flush()
        {
            if (_literal.Length > 0)
                _parts.Add(new TemplatePart(_literal.ToString(), null));
            _literal.Clear();
        }
    }
}
