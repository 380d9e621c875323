using System.Text;
using ChangedFiles.Rsync;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Transports;
using ChangedFiles.Rsync.Wire;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>What comes before a session is open: a daemon's lines, a client's words.</summary>
public sealed class HandshakeTests
{
    private const string Greeting = "@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\nwelcome\n@RSYNCD: AUTHREQD abcdefgh\n@RSYNCD: OK\n";

    [Fact]
    public void A_daemon_that_says_nonsense_is_refused()
    {
        var random = new Random(TestSeed.Next());
        // Compat flags 0x1ff, the names of two checksums, the seed.
        byte[] whole = [.. Encoding.ASCII.GetBytes(Greeting), 0x81, 0xFF, 7, .. "md5 md4"u8, 1, 2, 3, 4];
        Assert.Null(Converse(whole));
        for (var cut = 0; cut < whole.Length; cut++)
            Assert.IsAssignableFrom<RsyncException>(Converse(whole[..cut]));
        for (var round = 0; round < 1000; round++)
        {
            var bytes = whole.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var failure = Converse(bytes);
            Assert.True(failure is null or RsyncException, $"{Encoding.Latin1.GetString(bytes)}: {failure}");
        }
    }

    [Fact]
    public void A_line_without_end_and_lines_without_end_are_refused()
    {
        Assert.IsAssignableFrom<RsyncException>(Converse(Encoding.ASCII.GetBytes(new string('x', 100_000))));
        Assert.IsAssignableFrom<RsyncException>(Converse(Encoding.ASCII.GetBytes("@RSYNCD: 32.0 md5\n" + string.Concat(Enumerable.Repeat("x\n", 20_000)))));
    }

    [Fact]
    public void Words_that_make_no_sense_are_refused()
    {
        var random = new Random(TestSeed.Next());
        string[] words =
        [
            "--server", "--sender", "-vlogDtprze.iLsfxCIvu", "-B1000", "--timeout=5", "--max-size=1m", "--backup-dir", "x", "--suffix=~", "--checksum-seed=1",
            "--compress-choice=zstd", "--log-format=%i", "--files-from=-", "--usermap=a:b,1-3:c", "--info=NAME2", "--modify-window=-1", ".", "dir/",
        ];
        ServerRequest.Parse(words);
        for (var round = 0; round < 20_000; round++)
        {
            var some = words.Where(_ => random.Next(4) > 0).Select(word => random.Next(3) == 0 ? Spoil(word, random) : word).ToList();
            var failure = Record.Exception(() => ServerRequest.Parse(some));
            Assert.True(failure is null or RsyncException, $"{string.Join(' ', some)}: {failure}");
        }
    }

    [Fact]
    public void Secluded_words_without_end_are_refused()
    {
        using var ours = Feed([.. Enumerable.Repeat((byte)'x', 200_000)], out var talking);
        Assert.Throws<RsyncException>(() => new Rsync.Roles.ServerSetup(ours).ReadSecludedWords());
        ours.Dispose();
        talking.Join();
    }

    private static string Spoil(string word, Random random)
    {
        var text = new StringBuilder(word);
        for (var i = random.Next(1, 4); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            if (random.Next(2) == 0)
                text[at] = (char)random.Next(1, 256);
            else
                text.Insert(at, random.GetItems(["-", "=", "9999999999999999999", "%", ",", ":", "e", "\0", "*"], 1)[0]);
        }
        return text.ToString();
    }

    private static Exception? Converse(byte[] said)
    {
        using var connection = Feed(said, out var talking);
        var request = new DaemonRequest
        {
            Address = new DaemonAddress("127.0.0.1", "mod", 873),
            Arguments = [[.. "--server"u8], [.. "."u8]],
            Password = [.. "password"u8],
            Wishes = NegotiationWishes.Of(new TransferOptions()),
            Timeout = connection.Timeout,
        };
        var failure = Record.Exception(() => DaemonClient.Open(request, connection).Dispose());
        connection.Dispose();
        talking.Join();
        return failure;
    }

    /// <summary>A connection on which all of it comes, and then the end.</summary>
    private static Connection Feed(byte[] said, out Thread talking)
    {
        var (connection, socket) = Wire.Pair(TimeSpan.FromSeconds(10));
        talking = Wire.Background(() =>
        {
            using (socket)
                HostileBed.Talk(end => end.Send(said), socket);
        });
        return connection;
    }
}
