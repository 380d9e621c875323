using ChangedFiles.Rsync.Checksums;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>How options and terms decide the encoding of a session's file lists (docs/protocol.md 1.3, 2.2, 6.3).</summary>
internal static class FileListFormats
{
    public static FileListFormat Of(SessionTerms terms, TransferOptions options) => new()
    {
        Protocol = terms.Protocol,
        VarintFlags = terms.Has(CompatFlags.VarintFileListFlags),
        SafeEnd = terms.Has(CompatFlags.SafeFileList),
        Id0Names = terms.Has(CompatFlags.Id0Names),
        Incremental = terms.Has(CompatFlags.IncrementalRecursion),
        Owner = options.Preserve.Owner,
        Group = options.Preserve.Group,
        Devices = options.Preserve.Devices,
        Specials = options.Preserve.Specials,
        Links = options.Preserve.Links,
        HardLinks = options.Preserve.HardLinks > 0,
        Atimes = options.Preserve.Atimes,
        Acls = options.Preserve.Acls,
        Xattrs = options.Preserve.Xattrs > 0,
        NumericIds = options.Preserve.NumericIds,
        Relative = options.Selection.Relative,
        MissingArguments = options.Selection.MissingArgs == MissingArgs.Delete,
        ChecksumLength = options.Comparison.Checksum ? terms.ListChecksum.DigestLength() : 0,
    };
}
