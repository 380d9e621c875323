using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>
/// One module of an <see cref="RsyncDaemon"/>. Any key of rsyncd.conf can be set:
/// <c>new RsyncModule("mod", path) { ["read only"] = "yes" }</c>.
/// Unless told otherwise it is writable, runs as the user of the tests, and keeps link targets as they are, so that trees compare.
/// </summary>
public sealed class RsyncModule
{
    private readonly Dictionary<string, string> _settings = new()
    {
        ["read only"] = "no",
        ["use chroot"] = Privileges.IsRoot ? "yes" : "no",
        ["munge symlinks"] = "no",
    };

    public RsyncModule(string name, string path)
    {
        Name = name;
        this["path"] = path;
        if (Privileges.IsRoot)
            this["uid"] = this["gid"] = "root";
    }

    public string Name { get; }

    /// <summary>Users and passwords for <c>auth users</c>; null for a module that asks nobody.</summary>
    public IReadOnlyDictionary<string, string>? Users { get; init; }

    public string this[string key]
    {
        get => _settings[key];
        set => _settings[key] = value;
    }

    /// <summary>The section in rsyncd.conf; a secrets file is written into the directory where one is needed.</summary>
    internal string Configuration(string directory)
    {
        if (Users is not null)
        {
            this["auth users"] = string.Join(',', Users.Keys);
            this["secrets file"] = WriteSecrets(Path.Combine(directory, $"{Name}.secrets"), Users);
        }
        var text = new StringBuilder($"[{Name}]\n");
        foreach (var (key, value) in _settings)
            text.Append(key).Append(" = ").Append(value).Append('\n');
        return text.ToString();
    }

    private static string WriteSecrets(string path, IReadOnlyDictionary<string, string> users)
    {
        File.WriteAllLines(path, users.Select(user => $"{user.Key}:{user.Value}"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
