using ChangedFiles.Linux;
using Microsoft.Win32.SafeHandles;

namespace ChangedFiles.Rsync.Files;

public sealed partial class LocalTree
{
    /// <summary>
    /// A file being written. It holds the directory of its temporary name, so that whatever happens to the way there, that
    /// name is found again; one that is written in place has no temporary name.
    /// </summary>
    private sealed class LocalTargetFile : TargetFile
    {
        private readonly LocalTree _tree;
        private readonly SafeFileHandle _handle;
        private readonly TreePath _final;
        private readonly TreePath _directory;
        private readonly byte[] _temporary = [];
        private readonly DirectoryCache.Lease _parent;
        private bool _isTemporary;
        private TreePath _path;

        public LocalTargetFile(LocalTree tree, SafeFileHandle handle, TreePath path)
        {
            (_tree, _handle, _final) = (tree, handle, path);
            _path = path;
        }

        public LocalTargetFile(
            LocalTree tree, SafeFileHandle handle, TreePath path, TreePath directory, byte[] temporary, DirectoryCache.Lease parent)
            : this(tree, handle, path)
        {
            (_directory, _temporary, _parent) = (directory, temporary, parent);
            _isTemporary = true;
        }

        public override TreePath Path => _isTemporary ? _directory.Child(_temporary) : _path;

        public override SafeFileHandle? Handle => _handle;

        public override Errno Write(ReadOnlySpan<byte> data, long offset) => FileData.Write(_handle, data, offset);

        public override Errno Read(Span<byte> buffer, long offset, out int read) => FileData.Read(_handle, buffer, offset, out read);

        public override Errno SetLength(long length) => FileData.SetLength(_handle, length);

        public override Errno PunchHole(long offset, long length)
        {
            var error = FileData.PunchHole(_handle, offset, length);
            return error == Errno.EOPNOTSUPP ? WriteZeros(offset, length) : error;
        }

        public override Errno Preallocate(long length)
        {
            var error = length == 0 ? Errno.None : FileData.Reserve(_handle, length);
            return error == Errno.EOPNOTSUPP ? Errno.None : error;
        }

        public override Errno Sync() => FileData.Sync(_handle);

        public override Errno SetMetadata(in Metadata metadata, out MetadataParts failed) => _tree._options.FakeSuper
            ? new InodePlace(_handle, []).SetFaked(metadata, out failed)
            : new InodePlace(_handle, []).Set(metadata, out failed);

        public override Errno Commit() => Commit(_final);

        public override Errno Commit(TreePath target)
        {
            var error = _isTemporary ? MoveTo(target) : Errno.None;
            if (error == Errno.None)
                (_isTemporary, _path) = (false, target);
            return error;
        }

        protected override void Dispose(bool disposing)
        {
            if (_handle.IsClosed)
                return;
            if (_isTemporary)
                Names.Unlink(_parent.Handle, _temporary);
            _handle.Dispose();
            if (_temporary.Length > 0)
                _parent.Dispose();
        }

        private Errno MoveTo(TreePath target)
        {
            if (target.IsDirectlyIn(_directory))
                return Names.Rename(_parent.Handle, _temporary, _parent.Handle, target.Name);
            var old = new OldName { Directory = _parent.Handle, Name = _temporary };
            return _tree.At(target, ref old, static (directory, scoped name, ref old) =>
                Names.Rename(old.Directory, old.Name, directory, name));
        }

        private Errno WriteZeros(long offset, long length)
        {
            Span<byte> zeros = stackalloc byte[4096];
            zeros.Clear();
            var error = Errno.None;
            for (var end = offset + length; offset < end && error == Errno.None; offset += zeros.Length)
                error = Write(zeros[..(int)Math.Min(zeros.Length, end - offset)], offset);
            return error;
        }
    }
}
