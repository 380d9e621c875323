using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;
using static ChangedFiles.Linux.Errno;

namespace ChangedFiles.Rsync.Tests.Files;

public abstract partial class FileTargetContract
{
    [Fact]
    public void Attributes_are_set_on_the_thing_itself()
    {
        Write("f", "x");
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Ok(Target.MakeSymlink(P("link"), "f"u8));
        Ok(Target.MakeNode(P("fifo"), 0x1180, 0, 0));
        var time = 0;
        foreach (var name in new[] { "f", "d", "link", "fifo" })
        {
            var mode = Stat(name).Mode & 0xF000 | 0x1C9u;
            Ok(Target.SetMetadata(P(name), new() { Mode = mode, Mtime = new(++time, 7) }, out var failed));
            Assert.Equal(MetadataParts.None, failed);
            Assert.Equal(new FileTime(time, 7), Stat(name).Mtime);
            if (name != "link")
                Assert.Equal(0x1C9u, Stat(name).Permissions);
        }
        Assert.Equal(0x1FFu, Stat("link").Permissions);
        Ok(Target.SetMetadata(P("f"), new() { Atime = new(77, 1) }, out _));
        Assert.Equal((new FileTime(77, 1), new FileTime(1, 7)), (Stat("f").Atime, Stat("f").Mtime));
        Assert.Equal(ENOENT, Target.SetMetadata(P("missing"), new() { Mode = 0x1C0 }, out _));
    }

    [Fact]
    public void Set_id_bits_survive_the_change_of_owner()
    {
        Privileges.NeedsRoot();
        Ok(Target.Create(P("f"), out var file));
        using (file)
        {
            Ok(file!.SetMetadata(new() { Uid = 1234, Gid = 4321, Mode = 0x8DED }, out _));
            Ok(file.Commit());
        }
        Assert.Equal((1234u, 4321u, 0xDEDu), (Stat("f").Uid, Stat("f").Gid, Stat("f").Permissions));
        Ok(Target.SetMetadata(P("f"), new() { Gid = 99, Mode = 0x8DED }, out _));
        Assert.Equal((1234u, 99u, 0xDEDu), (Stat("f").Uid, Stat("f").Gid, Stat("f").Permissions));
        Ok(Target.MakeSymlink(P("link"), "f"u8));
        Ok(Target.SetMetadata(P("link"), new() { Uid = 5 }, out _));
        Assert.Equal((5u, 1234u), (Stat("link").Uid, Stat("f").Uid));
    }

    [Fact]
    public void Devices_keep_their_numbers()
    {
        Privileges.NeedsDevices();
        Ok(Target.MakeNode(P("device"), 0x21A4, 240, 70_000));
        Ok(Target.MakeNode(P("socket"), 0xC1A4, 0, 0));
        var stat = Stat("device");
        Assert.Equal((FileKind.CharacterDevice, 240u, 70_000u), (stat.Kind, stat.RdevMajor, stat.RdevMinor));
        Assert.Equal(FileKind.Socket, Stat("socket").Kind);
        Assert.NotEqual(None, Target.Open(P("socket"), out _));
        Assert.NotEqual(None, Target.Open(P("device"), out _));
    }

    [Fact]
    public void Extended_attributes_are_replaced_as_a_set()
    {
        Write("f", "x");
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        foreach (var name in new[] { "f", "d" })
        {
            Set(name, [new("user.a"u8.ToArray(), [1, 2, 3]), new("user.long"u8.ToArray(), new byte[1000]), new("user.b"u8.ToArray(), [])]);
            Assert.Equal(["user.a", "user.b", "user.long"], XattrNames(name));
            Ok(Target.GetXattr(P(name), "user.long"u8, out var value));
            Assert.Equal(1000, value.Length);
            Ok(Target.GetXattr(P(name), "user.b"u8, out value));
            Assert.Empty(value);
            Set(name, [new("user.a"u8.ToArray(), [4])]);
            Assert.Equal(["user.a"], XattrNames(name));
            Ok(Target.GetXattr(P(name), "user.a"u8, out value));
            Assert.Equal([4], value);
            Assert.Equal(ENODATA, Target.GetXattr(P(name), "user.b"u8, out _));
            Set(name, []);
            Assert.Empty(XattrNames(name));
        }
    }

    [Fact]
    public void A_new_file_carries_its_extended_attributes_from_the_start()
    {
        Ok(Target.Create(P("f"), out var file));
        using (file)
        {
            Skip(file!.SetMetadata(new() { Mode = 0x8124, Xattrs = [new("user.a"u8.ToArray(), [1])] }, out var failed));
            Assert.Equal(MetadataParts.None, failed);
            Ok(file.Commit());
        }
        Assert.Equal(["user.a"], XattrNames("f"));
    }

    [Fact]
    public void Acls_are_set_and_taken_away_with_the_mode()
    {
        var acl = new PosixAcl { Owner = 6, OwningGroup = 4, Mask = 6, Other = 0, Named = [new(1, true, 6), new(60, false, 4)] };
        Ok(Target.MakeDirectory(P("d"), 0x1C0));
        Skip(Target.SetMetadata(P("d"), new() { Mode = 0x41B0, AccessAcl = acl, DefaultAcl = acl }, out _));
        foreach (var attribute in new[] { PosixAcl.AccessAttribute.ToArray(), PosixAcl.DefaultAttribute.ToArray() })
        {
            Ok(Target.GetXattr(P("d"), attribute, out var value));
            Assert.True(PosixAcl.TryParse(value, out var read));
            Assert.Equal(acl, read);
        }
        Assert.Equal(0x1B0u, Stat("d").Permissions);
        Ok(Target.SetMetadata(P("d"), new() { Mode = 0x41ED, AccessAcl = PosixAcl.Empty, DefaultAcl = PosixAcl.Empty }, out _));
        Assert.Equal(ENODATA, Target.GetXattr(P("d"), PosixAcl.AccessAttribute, out _));
        Assert.Equal(ENODATA, Target.GetXattr(P("d"), PosixAcl.DefaultAttribute, out _));
        Assert.Equal(0x1EDu, Stat("d").Permissions);
    }

    private static void Skip(Errno error)
    {
        Assert.SkipWhen(error == EOPNOTSUPP, "the file system has no such attributes");
        Ok(error);
    }

    private void Set(string path, Xattr[] xattrs) => Skip(Target.SetMetadata(P(path), new() { Xattrs = xattrs }, out _));

    private List<string> XattrNames(string path)
    {
        var names = new List<byte[]>();
        Ok(Target.ListXattrs(P(path), names));
        return [.. names.Select(name => TreePath.Printable(name)).Order(StringComparer.Ordinal)];
    }
}
