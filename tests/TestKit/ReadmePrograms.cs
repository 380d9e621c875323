using ChangedFiles.Linux;
using ChangedFiles.Rsync.Files;
using ChangedFiles.Rsync.Roles;

namespace ChangedFiles.TestKit;

/// <summary>
/// The programs of the library's README, word for word: what stands between "program" and "end" is there as well. They are here because this project sees
/// only what every program sees.
/// </summary>
public static class ReadmePrograms
{
    public static async Task Push(string directory, string url)
    {
        // program: push
        var client = new RsyncClient { OnSay = (_, line) => Console.Error.WriteLine(line) };
        var result = await client.PushAsync([directory + "/"], url);
        Console.WriteLine($"{result.Stats.FilesTransferred} files sent, exit code {(int)result.ExitCode}");
        // end
    }

    public static async Task Memory(string url)
    {
        // program: memory
        var tree = new MemoryTree();
        await new RsyncClient().PullAsync(url, tree);
        var names = new List<byte[]>();
        tree.List(TreePath.Root, names);
        foreach (var name in names)
        {
            tree.Stat(TreePath.Root.Child(name), out FileStat stat);
            Console.WriteLine($"{stat.Size,10} {TreePath.Printable(name)}");
        }
        // end
    }

    public static async Task Serve(Stream stream, string directory)
    {
        // program: serve
        string[] words = ["--server", "-logDtpre.LsfxCIvu", ".", directory];
        var result = await RsyncServer.ServeAsync(stream, words);
        Console.WriteLine($"{result.Stats.FilesTransferred} files received");
        // end
    }
}
