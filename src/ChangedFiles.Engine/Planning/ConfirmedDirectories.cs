using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;

namespace ChangedFiles.Engine.Planning;

/// <summary>A directory of which all names were looked at, and what they were.</summary>
/// <param name="Newest">The youngest change time in it.</param>
public readonly record struct SweptDirectory(TreePath Path, ulong Digest, FileTime Newest);

/// <summary>
/// Which directories of the source are known to be the same at the destination: for each one number over all that is in it. When everything has to be looked
/// at again, a directory that still has its number is not compared with the destination. An entry that is out of date is harmless, as its directory has
/// another number by now; so nothing has to be written while changes are mirrored. For one thread.
/// </summary>
/// <param name="file">Keeps it over a restart; what was confirmed since it was written is in memory.</param>
public sealed class ConfirmedDirectories(StateFile file)
{
    /// <summary>What changed within this time before it was looked at may change once more with the same change time.</summary>
    private static readonly TimeSpan Uncertain = TimeSpan.FromSeconds(2);

    /// <summary>Of a directory that may be there or not.</summary>
    private const ulong Unsure = 0;

    private readonly Dictionary<ulong, ulong> _fresh = [];
    private Dictionary<ulong, ulong>? _saved;

    /// <summary>True when nothing was ever known.</summary>
    public bool IsNew => _fresh.Count == 0 && !file.Exists;

    /// <summary>Directories are about to be compared.</summary>
    public void Load() => _saved ??= file.Read();

    /// <summary>True when the directory was confirmed in this state.</summary>
    public bool Matches(TreePath directory, ulong digest)
    {
        var key = DirectoryDigest.Of(directory.Bytes);
        if (_fresh.TryGetValue(key, out var known))
            return known == digest;
        Load();
        if (!_saved!.TryGetValue(key, out known) || known != digest)
            return false;
        _fresh.Add(key, digest);
        return true;
    }

    /// <summary>True, while directories are compared, for one that the destination should have.</summary>
    public bool IsExpected(TreePath directory)
    {
        var key = DirectoryDigest.Of(directory.Bytes);
        return _saved is not null && (_fresh.TryGetValue(key, out var known) || _saved.TryGetValue(key, out known)) && known != Unsure;
    }

    /// <summary>The directories have to be compared the next time, whatever was known of them, and also should this process be killed now.</summary>
    public void Distrust(IEnumerable<TreePath> directories)
    {
        var saved = _saved ?? file.Read();
        var isOutOfDate = false;
        foreach (var key in directories.Select(directory => DirectoryDigest.Of(directory.Bytes)))
        {
            _fresh[key] = Unsure;
            isOutOfDate |= saved.Remove(key);
        }
        if (isOutOfDate)
            file.Write(saved);
    }

    /// <summary>The directory is at the destination as it was at <paramref name="looked"/>. False when it is too young to be told from what follows.</summary>
    public bool Confirm(SweptDirectory swept, DateTimeOffset looked)
    {
        if (swept.Newest.Seconds >= (looked - Uncertain).ToUnixTimeSeconds())
            return false;
        _fresh[DirectoryDigest.Of(swept.Path.Bytes)] = swept.Digest;
        return true;
    }

    /// <summary>Whoever is killed now leaves nothing that is known; until <see cref="PutBack"/>.</summary>
    public void PutAside()
    {
        Load();
        file.PutAside();
    }

    public void PutBack() => file.PutBack();

    /// <summary>Nothing is known any more.</summary>
    public void Clear()
    {
        _fresh.Clear();
        _saved = [];
        file.Delete();
    }

    /// <summary>Writes what is known, and keeps it in memory no longer.</summary>
    /// <param name="complete">Everything has been looked at since the last time: what was not seen is gone.</param>
    public void Save(bool complete)
    {
        if (_fresh.Count == 0 && !complete)
            return;
        if (!complete)
        {
            foreach (var (key, digest) in _saved ?? file.Read())
                _fresh.TryAdd(key, digest);
        }
        if (!file.Write(_fresh))
            return;
        _fresh.Clear();
        _fresh.TrimExcess();
        _saved = null;
    }
}
