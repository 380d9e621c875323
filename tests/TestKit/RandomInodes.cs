using ChangedFiles.Linux;

namespace ChangedFiles.TestKit;

/// <summary>What random trees hold beside directories and plain files.</summary>
[Flags]
public enum TreeFeatures
{
    None = 0,
    OddNames = 1,
    Symlinks = 2,
    HardLinks = 4,
    /// <summary>Fifos and sockets.</summary>
    Specials = 8,
    /// <summary>Only where the user may make them.</summary>
    Devices = 16,
    /// <summary>Files with holes.</summary>
    Sparse = 32,
    /// <summary>Permissions of all kinds; where the user is not root, files stay readable and directories usable.</summary>
    Modes = 64,
    /// <summary>Other users and groups, only as root.</summary>
    Owners = 128,
    /// <summary>Modification times before 1970, after 2038 and at odd nanoseconds.</summary>
    Times = 256,
    All = OddNames | Symlinks | HardLinks | Specials | Devices | Sparse | Modes | Owners | Times,
}

/// <summary>Random contents and attributes.</summary>
internal sealed class RandomInodes(Random random, TreeFeatures features)
{
    private static readonly uint[] Ids = [0, 1, 1000, 65534, 4_000_000_000];

    public bool Has(TreeFeatures feature) => features.HasFlag(feature);

    public byte[] Name() => RandomNames.Next(random, Has(TreeFeatures.OddNames));

    /// <summary>Most files are small, some are empty, a few are up to <paramref name="maxSize"/> bytes.</summary>
    public byte[] Content(int maxSize)
    {
        var size = random.Next(12) switch
        {
            0 => 0,
            < 7 => random.Next(1, 200),
            < 11 => random.Next(Math.Min(maxSize, 20_000)),
            _ => random.Next(maxSize),
        };
        var content = new byte[size];
        if (random.Next(2) == 0)
            random.NextBytes(content);
        else
            content.AsSpan().Fill((byte)random.Next(256));
        return content;
    }

    // A daemon that may not chroot rewrites targets that could lead out of its module.
    public byte[] LinkTarget() => random.Next(Privileges.IsRoot ? 4 : 1) switch
    {
        0 => Name(),
        1 => [.. "../"u8, .. Name()],
        2 => "/nowhere/at all"u8.ToArray(),
        _ => [.. Name(), (byte)'/', .. Name()],
    };

    public uint FileMode()
    {
        if (!Has(TreeFeatures.Modes))
            return 0b110_100_100;
        return Privileges.IsRoot ? (uint)random.Next(0x1000) : (uint)random.Next(0x200) | 0b110_000_000;
    }

    public uint DirectoryMode()
    {
        if (!Has(TreeFeatures.Modes))
            return 0b111_101_101;
        return Privileges.IsRoot ? (uint)random.Next(0x1000) : (uint)random.Next(0x200) | 0b111_000_000;
    }

    public uint Id() => Ids[random.Next(Ids.Length)];

    public FileTime Time() => new(
        random.Next(8) switch { 0 => random.Next(-1_000_000, 0), 1 => 4_294_967_296 + random.Next(1_000_000), 2 => 0, _ => random.Next() },
        random.Next(3) == 0 ? 0 : random.Next(1_000_000_000));

    /// <summary>Makes a fifo, socket or device.</summary>
    public Errno MakeSpecial(RawTree tree, byte[] path)
    {
        if (Has(TreeFeatures.Devices) && Privileges.MayMakeDevices && random.Next(2) == 0)
        {
            return random.Next(2) == 0
                ? tree.Node(path, FileKind.CharacterDevice, 0b110_110_110, 1, (uint)random.Next(3, 8))
                : tree.Node(path, FileKind.BlockDevice, 0b110_000_000, 1, (uint)random.Next(200, 300));
        }
        return Has(TreeFeatures.Specials) ? tree.Node(path, random.Next(2) == 0 ? FileKind.Fifo : FileKind.Socket) : Errno.EINVAL;
    }
}
