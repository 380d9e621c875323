using Xunit;

namespace ChangedFiles.TestKit;

/// <summary>What this machine and user allow. The methods end a test as skipped, with the reason.</summary>
public static class Privileges
{
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    private static readonly Lazy<bool> CanMakeDevices = new(() => IsRoot && Mknod());

    private static readonly Lazy<bool> CanMount =
        new(() => IsRoot && Works("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"));

    private static readonly Lazy<bool> CanUseNetworkNamespaces =
        new(() => IsRoot && Command.Exists("ip") && Works("unshare", "--net", "ip", "link", "add", "type", "veth"));

    /// <summary>Device nodes: root in a container may not make them.</summary>
    public static bool MayMakeDevices => CanMakeDevices.Value;

    public static void NeedsRoot() => Assert.SkipUnless(IsRoot, "needs root");

    public static void NeedsDevices() => Assert.SkipUnless(MayMakeDevices, "needs root (to make device nodes)");

    /// <summary>Mounting a file system.</summary>
    public static void NeedsMount() => Assert.SkipUnless(CanMount.Value, "needs root (to mount file systems)");

    /// <summary>A network namespace of its own, with a veth pair.</summary>
    public static void NeedsNetworkNamespaces() =>
        Assert.SkipUnless(CanUseNetworkNamespaces.Value, "needs root and iproute2 (for network namespaces)");

    public static void NeedsProgram(string program) => Assert.SkipUnless(Command.Exists(program), $"needs the program {program}");

    /// <summary>Time is no matter: <c>./test --soak</c>.</summary>
    public static bool IsSoak { get; } = Environment.GetEnvironmentVariable("CHANGEDFILES_SOAK") == "1";

    /// <summary>For what takes minutes.</summary>
    public static void NeedsSoak() => Assert.SkipUnless(IsSoak, "takes long: runs with ./test --soak");

    private static bool Mknod()
    {
        using var temp = new TempDirectory();
        return Works("mknod", temp["null"], "c", "1", "3");
    }

    private static bool Works(string program, params string[] arguments) => Command.Run(program, arguments).ExitCode == 0;
}
