using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Sessions with stock peers, said again by a peer that stops in the middle, or says something else.</summary>
public sealed class ReplayTests
{
    /// <summary>What it says is what it should: ours will answer.</summary>
    private static TimeSpan Long => TimeSpan.FromSeconds(2);

    private static TimeSpan Short => TimeSpan.FromMilliseconds(20);

    private static IReadOnlyList<HostileRole> Sessions =>
    [
        new(OurPart.Pull, "-a"),
        new(OurPart.Pull, "-rlptHAX", "--no-inc-recursive", "-z"),
        new(OurPart.Push, "-a"),
        new(OurPart.Push, "-rlptHAXc", "--no-inc-recursive", "-z"),
        new(OurPart.ServeFiles, "-a"),
        new(OurPart.ServeFiles, "-aHAX", "--no-inc-recursive", "--protocol=30"),
        new(OurPart.TakeFiles, "-a", "--delete"),
        new(OurPart.TakeFiles, "-rlptc", "--no-inc-recursive", "--zc=zlib"),
    ];

    [Fact]
    public void A_session_that_is_cut_anywhere_ends_in_a_clear_error() => Wire.Each(Sessions, (role, _) =>
    {
        using var replay = new Replay(role);
        var whole = replay.Play(replay.Recording.Sent, Long);
        Assert.True(whole.Failure is null, $"{role}, the recording itself: {whole}");
        var length = replay.Recording.Sent.Length;
        // All of the beginning and of the end, and a sample of what is between.
        var step = Privileges.IsSoak ? 1 : Math.Max(1, length / 100);
        foreach (var cut in SoakPart.Of(Enumerable.Range(0, length).Where(at => at < 40 || at > length - 20 || at % step == 0)))
        {
            var outcome = replay.Play(replay.Recording.Sent[..cut], Long);
            replay.Bed.Check(outcome, $"{role}, cut at {cut} of {length}");
            Assert.True(outcome.Failure is not null || cut > length - 10, $"{role}, cut at {cut} of {length}: {outcome}");
        }
    });

    [Fact]
    public void A_session_with_other_bytes_does_no_harm()
    {
        var seed = TestSeed.Next();
        Wire.Each(Sessions, (role, number) =>
        {
            var random = new Random(seed + number);
            using var replay = new Replay(role);
            foreach (var _ in SoakPart.Of(Enumerable.Range(0, Privileges.IsSoak ? 20_000 : 200)))
            {
                var bytes = replay.Recording.Sent.ToList();
                var what = string.Join(", ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Mutate(bytes, random)));
                replay.Bed.Check(replay.Play([.. bytes], Short), $"{role}, {what}");
            }
        });
    }

    private static string Mutate(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        var value = (byte)random.Next(256);
        var kind = random.Next(6);
        switch (kind)
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = random.GetItems<byte>([0, 1, 0x7F, 0x80, 0xFE, 0xFF, (byte)'/', (byte)'.'], 1)[0];
                break;
            case 2:
                bytes[at] = value;
                break;
            case 3:
                bytes.Insert(at, value);
                break;
            case 4:
                bytes.RemoveAt(at);
                break;
            default:
                var number = BitConverter.GetBytes(random.GetItems([-1, int.MinValue, int.MaxValue, 0xFFFFFF, 1 << 28], 1)[0]);
                for (var i = 0; i < 4 && at + i < bytes.Count; i++)
                    bytes[at + i] = number[i];
                break;
        }
        return $"mutation {kind} at {at} ({value})";
    }

    /// <summary>A recording, and a bed to play it in.</summary>
    private sealed class Replay : IDisposable
    {
        private readonly HostileRole _role;
        private readonly TempDirectory _theirs = new();

        public Replay(HostileRole role)
        {
            _role = role;
            Action<string> ours = role.Receives ? HostileTree.FillOld : HostileTree.FillNew;
            Action<string> theirs = role.Receives ? HostileTree.FillNew : HostileTree.FillOld;
            Bed.Reset(ours);
            Bed.Allow(Bed.Root);
            theirs(_theirs.Path);
            Bed.Allow(_theirs.Path);
            Recording = Recording.Of(role, Bed.Root, _theirs.Path);
        }

        public HostileBed Bed { get; } = new();

        public Recording Recording { get; }

        public Outcome Play(byte[] bytes, TimeSpan patience)
        {
            if (_role.Receives)
                Bed.Reset(HostileTree.FillOld);
            return Bed.Run(_role, new ReplayPeer(Recording, Recording.With(bytes), patience).Talk);
        }

        public void Dispose()
        {
            Bed.Dispose();
            _theirs.Dispose();
        }
    }
}
