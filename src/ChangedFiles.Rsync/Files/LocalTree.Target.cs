using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

/// <summary>The writing side.</summary>
public sealed partial class LocalTree
{
    private const uint TemporaryPermissions = 0x180; // rw-------

    public Errno OpenTarget(TreePath path, out IFileTarget? target)
    {
        var error = OpenTree(path, out var tree);
        target = tree;
        return error;
    }

    public Errno MakeDirectory(TreePath path, uint permissions) =>
        At(path, ref permissions, static (parent, name, ref permissions) => Directories.Make(parent, name, permissions));

    public Errno Create(TreePath path, out TargetFile? file, TreePath? temporaryDirectory = null)
    {
        file = null;
        if (path.IsRoot)
            return Errno.EISDIR;
        var sibling = temporaryDirectory?.Child(path.Name) ?? path;
        Span<byte> room = stackalloc byte[TemporaryName.Size];
        while (true)
        {
            var error = OpenParent(sibling, out var parent);
            if (error != Errno.None)
                return error;
            SafeFileHandle? handle = null;
            error = TemporaryName.Create(parent.Handle, path.Name, ref handle, static (directory, name, ref handle) =>
                FileData.Create(directory, name, TemporaryPermissions, out handle), room, out var length);
            if (error == Errno.None)
            {
                file = new LocalTargetFile(this, handle!, path, temporaryDirectory ?? path.Parent, room[..length].ToArray(), parent);
                return Errno.None;
            }
            var removed = parent.WasRemoved(error);
            parent.Dispose();
            if (!removed)
                return error;
        }
    }

    public Errno OpenInPlace(TreePath path, out TargetFile? file)
    {
        file = null;
        SafeFileHandle? handle = null;
        var error = At(path, ref handle, static (directory, name, ref handle) =>
        {
            var error = FileData.OpenToWrite(directory, name, out handle);
            return error == Errno.ENOENT ? FileData.Create(directory, name, TemporaryPermissions, out handle) : error;
        });
        if (error == Errno.None)
            error = RequireRegular(handle!, out _);
        if (error == Errno.None)
            file = new LocalTargetFile(this, handle!, path);
        return error;
    }

    public Errno MakeSymlink(TreePath path, ReadOnlySpan<byte> target, bool replace = false) => _options.FakeSuper
        ? MakeFaked(path, new FakeSuper { Mode = FakeSuper.SymlinkMode }, target, replace)
        : Place(path, target, replace, static (directory, scoped name, ref target) => Names.Symlink(target, directory, name));

    public Errno MakeLink(TreePath path, TreePath existing, bool replace = false) => LinkFrom(this, existing, path, replace);

    public Errno LinkFrom(IFileSource other, TreePath existing, TreePath path, bool replace = false) =>
        other is not LocalTree tree ? Errno.EXDEV : Pair(tree, existing, path, replace, static (directory, scoped name, ref old) =>
            Names.Link(old.Directory, old.Name, directory, name));

    public Errno MakeNode(TreePath path, uint mode, uint major, uint minor, bool replace = false) => _options.FakeSuper
        ? MakeFaked(path, new FakeSuper { Mode = mode, Major = major, Minor = minor }, [], replace)
        : Place(path, (mode, major, minor), replace, static (directory, name, ref node) =>
            Names.MakeNode(directory, name, node.mode, node.major, node.minor));

    public Errno Rename(TreePath path, TreePath newPath) => MoveFrom(this, path, newPath);

    public Errno MoveFrom(IFileTarget other, TreePath existing, TreePath path)
    {
        if (other is not LocalTree tree)
            return Errno.EXDEV;
        var error = Pair(tree, existing, path, false, static (directory, scoped name, ref old) =>
            Names.Rename(old.Directory, old.Name, directory, name));
        tree._directories.Forget(existing);
        _directories.Forget(path);
        return error;
    }

    public Errno Unlink(TreePath path)
    {
        var none = 0;
        return At(path, ref none, static (directory, name, ref _) => Names.Unlink(directory, name));
    }

    /// <summary>Unlinks what was read through links: each of them may only lead to what is below the directory that it is in; else <see cref="Errno.ELOOP"/>.</summary>
    internal Errno UnlinkSource(TreePath path)
    {
        if (!Follows || path.ParentBytes.IsEmpty)
            return Unlink(path);
        var directory = _root;
        try
        {
            foreach (var part in new PathParts(path.ParentBytes))
            {
                var error = Directories.OpenBeneath(directory, part, LinkPolicy.FollowBeneath, readable: false, out var next);
                if (error != Errno.None)
                    return error == Errno.EXDEV ? Errno.ELOOP : error;
                if (directory != _root)
                    directory.Dispose();
                directory = next!;
            }
            return Names.Unlink(directory, path.Name);
        }
        finally
        {
            if (directory != _root)
                directory.Dispose();
        }
    }

    public Errno RemoveDirectory(TreePath path)
    {
        var none = 0;
        var error = At(path, ref none, static (parent, name, ref _) => Directories.Remove(parent, name));
        _directories.Forget(path);
        return error;
    }

    public Errno RemoveTree(TreePath path, Action<TreePath, Errno>? report = null)
    {
        if (path.IsRoot)
            return Errno.EBUSY;
        var error = OpenParent(path, out var parent);
        if (error != Errno.None)
            return error;
        using (parent)
            error = new TreeRemoval(report).Remove(parent.Handle, path.Name, path);
        _directories.Forget(path);
        return error;
    }

    public Errno SetMetadata(TreePath path, in Metadata metadata, out MetadataParts failed)
    {
        var call = new MetadataCall { Metadata = metadata };
        var error = _options.FakeSuper
            ? At(path, ref call, static (directory, name, ref call) => new InodePlace(directory, name).SetFaked(call.Metadata, out call.Failed))
            : At(path, ref call, static (directory, name, ref call) => new InodePlace(directory, name).Set(call.Metadata, out call.Failed));
        failed = call.Failed;
        return error;
    }

    /// <summary>Makes something under its name, or under a temporary one to be moved over what has the name.</summary>
    private Errno Place<T>(TreePath path, T argument, bool replace, NameCall<T> make)
        where T : allows ref struct
    {
        if (!replace)
            return At(path, ref argument, make);
        var call = new ReplaceCall<T> { Argument = argument, Make = make };
        return At(path, ref call, static (directory, scoped name, ref call) => call.Replace(directory, name));
    }

    /// <summary>Calls for a new name here with the old one, of this or another tree, as the argument.</summary>
    private Errno Pair(LocalTree tree, TreePath existing, TreePath path, bool replace, NameCall<OldName> call)
    {
        while (true)
        {
            var error = tree.OpenParent(existing, out var parent);
            if (error != Errno.None)
                return error;
            using (parent)
            {
                error = Place(path, new OldName { Directory = parent.Handle, Name = existing.Name }, replace, call);
                if (!parent.WasRemoved(error))
                    return error;
            }
        }
    }

    private ref struct OldName
    {
        public SafeFileHandle Directory;
        public ReadOnlySpan<byte> Name;
    }

    private struct MetadataCall
    {
        public Metadata Metadata;
        public MetadataParts Failed;
    }

    private ref struct ReplaceCall<T>
        where T : allows ref struct
    {
        public T Argument;
        public NameCall<T> Make;

        public Errno Replace(SafeFileHandle directory, scoped ReadOnlySpan<byte> name)
        {
            Span<byte> room = stackalloc byte[TemporaryName.Size];
            var error = TemporaryName.Create(directory, name, ref Argument, Make, room, out var length);
            if (error != Errno.None)
                return error;
            error = Names.Rename(directory, room[..length], directory, name);
            // A failed rename leaves the temporary name, and so does one between two names of the same inode.
            Names.Unlink(directory, room[..length]);
            return error;
        }
    }
}
