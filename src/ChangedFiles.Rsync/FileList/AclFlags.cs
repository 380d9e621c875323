namespace ChangedFiles.Rsync.FileList;

/// <summary>Bits in front of an ACL and of its entries (docs/protocol.md 9.4).</summary>
internal static class AclFlags
{
    public const int HasOwner = 0x01;
    public const int HasOwningGroup = 0x02;
    public const int HasMask = 0x04;
    public const int HasOther = 0x08;
    public const int HasNamed = 0x10;
    public const int All = 0x1F;

    public const int NameFollows = 0x1;
    public const int IsUser = 0x2;
    public const int BitsShift = 2;
}
