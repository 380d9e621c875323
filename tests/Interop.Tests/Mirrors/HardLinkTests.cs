using ChangedFiles.Rsync.Files;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Mirrors;

/// <summary>Names of one inode stay one file at the destination, and names that are not any more come apart.</summary>
public sealed class HardLinkTests
{
    /// <summary>Each with the names that events told of.</summary>
    private static IEnumerable<(string Name, string Change, string[] Marks)> Changes =>
    [
        ("written by a name that is gone when it is looked at", "echo more >> a; rm a", ["a"]),
        ("written by a name that is another file when it is looked at", "echo more >> b; echo other > t; mv t b", ["b"]),
        ("written by a name in a directory that is gone", "echo more >> d/e/f; rm -r d", ["d"]),
        ("replaced by a copy that looks the same, then another mode of the copy", "cp -p one t; mv t two; chmod 600 two", ["two"]),
        ("the mode of the one that stayed", "chmod 640 one", ["one"]),
        ("both replaced, and linked to others", "cp -p three t; mv t three; ln -f three free; chmod 606 three", ["three", "free"]),
        ("linked again", "ln -f one two", ["two"]),
        ("a fifo made anew", "rm p; mkfifo -m 600 p; touch -d @5 q", ["p", "q"]),
        ("a symbolic link made anew", "rm s; ln -s there s; touch -h -d @5 s", ["s"]),
        ("renamed, and a copy that looks the same in its place", "mv big big2; cp -p big2 big; chmod 600 big2", ["big", ">big2"]),
    ];

    [Theory]
    [InlineData(TargetKind.RsyncInstalled)]
    [InlineData(TargetKind.Rsync327)]
    [InlineData(TargetKind.Local)]
    public void Changes_of_one_name_arrive_as_they_are(TargetKind kind)
    {
        using var bed = new MirrorBed(kind);
        Run(bed, """
            echo x > a; ln a b; ln a c; mkdir -p d/e keep; echo y > d/e/f; ln d/e/f keep/f; cp -p /bin/true big; echo other > free
            echo z > one; ln one two; ln one three; mkfifo p; ln p q; ln -s there s; ln s s2
            """);
        using var steps = new MirrorSteps(bed);
        steps.Deliver();
        bed.AssertSame();
        foreach (var (name, change, marks) in Changes)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(name);
            Run(bed, change);
            foreach (var mark in marks)
            {
                if (mark[0] == '>')
                    steps.Changes.MarkRenamed(TreePath.Parse(marks[0]), TreePath.Parse(mark[1..]), directory: false);
                else
                    steps.Changes.Mark(TreePath.Parse(mark), subtree: mark == "d");
            }
            steps.Deliver();
            bed.AssertSame(TreeIgnore.Root);
        }
    }

    private static void Run(MirrorBed bed, string script) => Command.Check("sh", "-ec", $"cd '{bed.Source.Path}'\n{script}");
}
