using System.Text;

namespace ChangedFiles.TestKit;

/// <summary>A new empty directory below the system's temporary one, removed with all it holds when disposed.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("changedfiles-test-").FullName;

    /// <summary>Absolute, without a slash at the end; its own bytes are plain ASCII.</summary>
    public string Path { get; }

    /// <summary>The absolute path of something inside.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, with the directories above it. Returns its absolute path.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        return path;
    }

    /// <summary>Writes a text file (UTF-8), with the directories above it. Returns its absolute path.</summary>
    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    /// <summary>Makes a directory, with those above it. Returns its absolute path.</summary>
    public string Mkdir(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <summary>Makes a symbolic link. Returns its absolute path.</summary>
    public string Symlink(string name, string target) => File.CreateSymbolicLink(this[name], target).FullName;

    /// <summary>The content of a file as text.</summary>
    public string Read(string name) => File.ReadAllText(this[name]);

    public override string ToString() => Path;

    // rm knows every name and stays on this file system: what a test mounted inside and forgot is not emptied.
    public void Dispose()
    {
        if (Remove().ExitCode == 0)
            return;
        Command.Run("chmod", "-R", "u+rwX", Path);
        Remove().Checked();
    }

    private Command Remove() => Command.Run("rm", "-rf", "--one-file-system", "--", Path);
}
