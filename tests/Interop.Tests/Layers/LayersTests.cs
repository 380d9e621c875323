using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text.RegularExpressions;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Layers;

/// <summary>Keeps the arrows between the parts: Cli → Engine → Rsync → Linux, and inside a project from later folders to earlier ones.</summary>
public sealed partial class LayersTests
{
    private static readonly string[] Projects = ["ChangedFiles.Linux", "ChangedFiles.Rsync", "ChangedFiles.Engine", "changedfiles"];

    private static readonly Dictionary<string, string[]> Folders = new()
    {
        ["ChangedFiles.Rsync"] =
            ["Files", "Checksums", "Delta", "Rdiff", "Options", "Filters", "Wire", "Tokens", "FileList", "Sessions", "Transports", "Roles", "Daemon"],
        ["ChangedFiles.Engine"] = ["Watching", "Changes", "Rules", "Planning", "Destinations", "Mirrors", "Running", "Monitoring"],
        ["ChangedFiles.Cli"] = ["Output", "Rsync", "Host", "Commands"],
    };

    [Theory]
    [InlineData("ChangedFiles.Linux")]
    [InlineData("ChangedFiles.Rsync", "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("ChangedFiles.Engine", "Microsoft.Extensions.Logging.Abstractions")]
    public void A_project_refers_only_to_those_below_it(string project, params string[] packages)
    {
        var below = Projects.TakeWhile(name => name != project);
        string[] allowed = [.. below, .. packages];
        foreach (var reference in Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!))
        {
            Assert.True(allowed.Contains(reference) || reference.StartsWith("System.", StringComparison.Ordinal),
                $"{project} refers to {reference}. Projects refer to those below them, {string.Join(" → ", Projects.Reverse())}, never back. "
                + "Packages are few: programs that use the library have to carry them. This one may refer to: " + string.Join(", ", allowed));
        }
    }

    [Theory]
    [InlineData("ChangedFiles.Rsync")]
    [InlineData("ChangedFiles.Engine")]
    [InlineData("changedfiles")]
    public void Only_the_Linux_project_calls_native_code(string project)
    {
        using var image = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(Assembly.Load(project).Location));
        Assert.True(image.GetMetadataReader().GetTableRowCount(TableIndex.ImplMap) == 0,
            $"{project} declares a native function. They all live in ChangedFiles.Linux, where errno and handles are dealt with.");
    }

    [Fact]
    public void A_folder_uses_only_those_before_it()
    {
        foreach (var (project, order) in Folders)
        {
            foreach (var path in Sources(project))
                Check(project, order, path);
        }
    }

    [Fact]
    public void Delta_knows_no_file_and_no_wire() =>
        Assert.DoesNotContain(
            Sources("ChangedFiles.Rsync").Where(path => path.Contains("/Delta/")),
            path => Uses(path, "ChangedFiles.Rsync").Contains("Files"));

    private static void Check(string project, string[] order, string path)
    {
        var folder = Path.GetRelativePath(Repository.PathOf($"src/{project}"), path).Split('/') is { Length: > 1 } parts ? parts[0] : null;
        if (folder is null)
            return;
        var place = Array.IndexOf(order, folder);
        Assert.True(place >= 0, $"src/{project}/{folder} has no place in the order {string.Join(" → ", order)}: give it one in this test.");
        foreach (var used in Uses(path, project).Where(used => Array.IndexOf(order, used) > place))
        {
            Assert.Fail($"{path} uses {project}.{used}, but {folder} comes before {used} in {string.Join(" → ", order)}: "
                + "what comes first must not know what is built on it. Move the type to the earlier folder, or hand it in from the later one.");
        }
    }

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Repository.PathOf($"src/{project}"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/") && !path.Contains("/bin/"));

    private static IEnumerable<string> Uses(string path, string project) => FolderName().Matches(File.ReadAllText(path))
        .Where(match => match.Groups["project"].Value == project).Select(match => match.Groups["folder"].Value).Distinct();

    [GeneratedRegex(@"^\s*using\s+(static\s+|\w+\s*=\s*)?(?<project>ChangedFiles\.\w+)\.(?<folder>\w+)", RegexOptions.Multiline)]
    private static partial Regex FolderName();
}
