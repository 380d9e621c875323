using System.Text;
using ChangedFiles.Engine.Rules;
using ChangedFiles.Rsync.Options;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Engine.Tests.Rules;

public sealed class RuleFuzzTests
{
    private const string Good = Rules2001.Replication + Rules2001.HotFolder + """
        TIMEOUT 5s
        RULE ^/(a|b)/[^/]+\.(jpg|png)$
        RETRY 3 1s 1m
        QUIET 2s
        CREATE|MKDIR EXEC prog "_FILE_" '_BASENAME_' \
            more _RELATIVE_
        ANY HTTP POST http://h/_FILE_
        OPENW ssh h "sh -c 'cat $(dirname _FILE_)/x `basename _FILE_ .jpg`'" | sed "s/a/b/" && echo ${X} $((1+2)) > _FILE_.log # it's done
        ANY APPEND /log _TIME_
        MIRROR h::m --delete
        INCLUDE nowhere/*.rules

        """;

    [Fact]
    public void No_file_makes_the_parser_fail()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var good = Encoding.UTF8.GetBytes(Good);
        for (var i = 0; i < 1500; i++)
        {
            var bytes = i % 5 == 0 ? Noise(random, random.Next(200)) : Mutate(random, good);
            var file = RuleFile.Parse(ArgumentText.Decode(bytes));
            foreach (var diagnostic in file.Diagnostics)
            {
                Assert.True(diagnostic.Line > 0 && diagnostic.Column > 0);
                Assert.NotEmpty(diagnostic.ToString());
            }
            var path = Noise(random, 20);
            var matches = new List<RuleMatch>();
            file.Rules.Match(new FileEvent(Operation.RENAME, [.. "/a/"u8, .. path]) { OldPath = [.. "/b"u8, .. path] }, matches);
            foreach (var match in matches)
                match.Line.Action.Describe(match.Values);
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    // Bytes changed, pieces cut out, doubled and moved; special characters more often than others.
    private static byte[] Mutate(Random random, byte[] good)
    {
        var bytes = good.ToList();
        for (var changes = random.Next(1, 8); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, "\\'\"`$(){}[]|*?^\n_#;&<>"u8[random.Next(22)]);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                default:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
            }
        }
        return [.. bytes];
    }
}
