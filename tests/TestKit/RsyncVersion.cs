using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace ChangedFiles.TestKit;

/// <summary>The stock rsyncs to test with. A test that asks for one that is not there is skipped, and says how to get it.</summary>
public enum RsyncVersion
{
    /// <summary>The one in PATH: Debian's security update, 3.5.0.</summary>
    Installed,

    /// <summary>3.2.7-1+deb12u6, which <c>./test</c> unpacks beside it.</summary>
    Debian327,
}

public static class RsyncVersions
{
    private static readonly ConcurrentDictionary<RsyncVersion, string> Banners = new();

    public static IReadOnlyList<RsyncVersion> All { get; } = Enum.GetValues<RsyncVersion>();

    /// <summary>Those of <see cref="All"/> that are on this machine.</summary>
    public static IReadOnlyList<RsyncVersion> Available { get; } = [.. All.Where(version => Find(version) is not null)];

    /// <summary>The program's absolute path. Writes its version into the test's output.</summary>
    public static string Program(this RsyncVersion version)
    {
        var path = Find(version);
        Assert.SkipWhen(path is null, $"rsync {version} is not on this machine: run ./test --prepare");
        TestContext.Current.TestOutputHelper?.WriteLine(version.Banner());
        return path;
    }

    /// <summary>Runs this rsync as a client or local copy.</summary>
    public static Command Run(this RsyncVersion version, params IEnumerable<string> arguments) => Command.Run(version.Program(), arguments);

    /// <summary>The first line of <c>rsync --version</c>.</summary>
    public static string Banner(this RsyncVersion version) =>
        Banners.GetOrAdd(version, _ => Command.Check(Find(version)!, "--version").Output.Split('\n')[0]);

    private static string? Find(RsyncVersion version)
    {
        if (version == RsyncVersion.Installed)
            return Command.Find("rsync");
        var path = Repository.PathOf(".build/peers/rsync-3.2.7/usr/bin/rsync");
        return File.Exists(path) ? path : null;
    }
}

/// <summary>Runs a theory once with each <see cref="RsyncVersion"/> as its only argument.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachRsyncAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. RsyncVersions.All.Select(version => new TheoryDataRow<RsyncVersion>(version))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
