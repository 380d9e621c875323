using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Files;

public sealed partial class MemoryTree
{
    /// <summary>A file being written; in place when it already has its final path.</summary>
    private sealed class MemoryTargetFile(MemoryTree tree, MemoryNode node, TreePath final, TreePath path) : TargetFile
    {
        private TreePath _path = path;
        private bool _isTemporary = path != final;

        public override TreePath Path => _path;

        public override Errno Write(ReadOnlySpan<byte> data, long offset)
        {
            lock (tree._lock)
            {
                node.Mtime = node.Ctime = Now(tree._time);
                return node.Write(data, offset);
            }
        }

        public override Errno Read(Span<byte> buffer, long offset, out int read)
        {
            lock (tree._lock)
                read = node.Read(buffer, offset);
            return Errno.None;
        }

        public override Errno SetLength(long length)
        {
            lock (tree._lock)
            {
                node.Mtime = node.Ctime = Now(tree._time);
                return node.SetLength(length);
            }
        }

        public override Errno PunchHole(long offset, long length)
        {
            lock (tree._lock)
                node.Clear(offset, length);
            return Errno.None;
        }

        public override Errno Preallocate(long length) => length > Array.MaxLength ? Errno.EFBIG : Errno.None;

        public override Errno Sync() => Errno.None;

        public override Errno SetMetadata(in Metadata metadata, out MetadataParts failed)
        {
            failed = MetadataParts.None;
            lock (tree._lock)
                tree.Set(node, metadata);
            return Errno.None;
        }

        public override Errno Commit() => Commit(final);

        public override Errno Commit(TreePath target)
        {
            var error = _isTemporary ? tree.Rename(_path, target) : Errno.None;
            if (error == Errno.None)
                (_isTemporary, _path) = (false, target);
            return error;
        }

        protected override void Dispose(bool disposing)
        {
            if (_isTemporary)
                tree.Unlink(_path);
            _isTemporary = false;
        }
    }
}
