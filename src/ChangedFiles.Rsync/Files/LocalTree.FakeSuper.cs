using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

/// <summary>What is a plain file with a note of what it stands for.</summary>
public sealed partial class LocalTree
{
    private Errno MakeFaked(TreePath path, in FakeSuper fake, ReadOnlySpan<byte> content, bool replace)
    {
        if (!replace && Stat(path, out _) == Errno.None)
            return Errno.EEXIST;
        var error = Create(path, out var file);
        if (error != Errno.None)
            return error;
        using (file)
        {
            var handle = file!.Handle!;
            error = Inodes.Stat(handle, out var real);
            if (error == Errno.None && !content.IsEmpty)
                error = file.Write(content, 0);
            if (error == Errno.None)
                error = new InodePlace(handle, []).Note(fake with { Uid = real.Uid, Gid = real.Gid });
            return error == Errno.None ? file.Commit() : error;
        }
    }

    private Errno ReadFakedAcl(TreePath path, ReadOnlySpan<byte> note, out byte[] value)
    {
        var call = new XattrCall { Attribute = note, Value = [] };
        var error = At(path, ref call, static (directory, scoped name, ref call) =>
            XattrSet.Get(directory, name, call.Attribute, out call.Value));
        value = [];
        if (error == Errno.None && !FakeAcl.TryParse(call.Value, out value))
            error = Errno.EINVAL;
        return error;
    }

    private Errno ReadFakedLink(TreePath path, out byte[] target)
    {
        target = [];
        var error = Stat(path, out var stat);
        if (error != Errno.None || !stat.IsSymlink)
            return error == Errno.None ? Errno.EINVAL : error;
        error = Open(path, out var file);
        if (error != Errno.None)
            return error;
        using (file)
        {
            Span<byte> text = stackalloc byte[TreePath.MaxLength];
            error = file!.Read(text, 0, out var length);
            target = text[..length].ToArray();
            return error;
        }
    }
}
