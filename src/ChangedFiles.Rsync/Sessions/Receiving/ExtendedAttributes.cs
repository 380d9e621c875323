using ChangedFiles.Linux;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Filters;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>ACLs and extended attributes of what is there, compared with those of the lists (docs/protocol.md 9.3, 9.4).</summary>
internal sealed class ExtendedAttributes(Reception reception)
{
    private readonly FilterScope _filters = reception.Half.Filters.Open(FilterSide.Receiver);
    private readonly bool _withOwn = reception.Options.Preserve.Xattrs > 1;

    /// <summary>True when the ACLs of an entry are not those of a file.</summary>
    public static bool AclsDiffer(FileEntry entry, in FileStat stat, IFileSource tree, TreePath path)
    {
        var access = Read(tree, path, PosixAcl.AccessAttribute)?.WithoutMode(stat.Mode) ?? PosixAcl.Empty;
        if (!access.Equals(entry.AccessAcl ?? PosixAcl.Empty))
            return true;
        return entry.IsDirectory
            && !(Read(tree, path, PosixAcl.DefaultAttribute) ?? PosixAcl.Empty).Equals(entry.DefaultAcl ?? PosixAcl.Empty);
    }

    /// <summary>
    /// True when the attributes of an entry are not those of a file. Long values that the file has are put into the entry's set, so that
    /// they are not asked for.
    /// </summary>
    /// <param name="tree">Null: there is no file.</param>
    public bool XattrsDiffer(FileEntry entry, IFileSource? tree, TreePath path)
    {
        var wanted = entry.Xattrs?.Items ?? [];
        if (tree is null)
            return wanted.Count > 0;
        var names = new List<byte[]>();
        if (tree.ListXattrs(path, names) != Errno.None)
            return wanted.Count > 0;
        names.RemoveAll(name => !Counts(name));
        var differ = names.Count != wanted.Count;
        foreach (var item in wanted)
        {
            if (tree.GetXattr(path, item.Name, out var value) != Errno.None || !item.IsEqualTo(value))
                differ = true;
            else if (item.IsLong && !item.IsRequested)
                item.Value ??= value;
        }
        return differ;
    }

    /// <summary>With the attributes that are to be set on a file of this entry. A value that never came is left out.</summary>
    public Metadata Add(in Metadata metadata, FileEntry entry)
    {
        var here = (entry.Xattrs ?? XattrList.Empty).Items.Where(item => item.Value is not null);
        return metadata with
        {
            Xattrs = [.. here.Select(item => new Xattr(item.Name, item.Value!))],
            KeepsXattr = _filters.HasXattrRules ? IsExcluded : null,
        };
    }

    private static PosixAcl? Read(IFileSource tree, TreePath path, ReadOnlySpan<byte> attribute) =>
        tree.GetXattr(path, attribute, out var value) == Errno.None && PosixAcl.TryParse(value, out var acl) ? acl : null;

    private bool IsExcluded(ReadOnlySpan<byte> name) => _filters.CheckXattr(name).IsExcluded;

    /// <summary>Attributes that this side would set or remove.</summary>
    private bool Counts(byte[] name)
    {
        var text = name.AsSpan();
        if (_filters.HasXattrRules ? IsExcluded(text) : reception.IsSuper ? text.StartsWith("system."u8) : !text.StartsWith("user."u8))
            return false;
        return !reception.IsSuper || _withOwn || !FakeSuper.IsNote(text);
    }
}
