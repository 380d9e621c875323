namespace ChangedFiles.TestKit;

/// <summary>Where the sources are, for tests that read them or run what was built from them.</summary>
public static class Repository
{
    /// <summary>The directory of the solution file, above the running test.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The absolute path of something in the repository.</summary>
    public static string PathOf(string name) => Path.Combine(Root, name);

    private static string FindRoot(string directory)
    {
        for (var above = new DirectoryInfo(directory); above is not null; above = above.Parent)
        {
            if (File.Exists(Path.Combine(above.FullName, "ChangedFiles.slnx")))
                return above.FullName;
        }
        throw new DirectoryNotFoundException($"no ChangedFiles.slnx above {directory}");
    }
}
