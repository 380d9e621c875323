using ChangedFiles.Engine.Changes;
using ChangedFiles.Rsync.Files;
using Xunit;

namespace ChangedFiles.Engine.Tests.Changes;

/// <summary>Random marks, batches, confirmations and returns, against a list of single names that forgets nothing.</summary>
public sealed class DirtyTreeModelTests
{
    private const int Steps = 3000;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void No_change_is_ever_forgotten_or_confirmed_too_early(int limit)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var model = new Model(limit, new Random(seed));
        for (var step = 0; step < Steps; step++)
            model.Step();
        model.Drain();
    }

    private sealed class Model(int limit, Random random)
    {
        private readonly ManualClock _clock = new();
        private readonly Dictionary<TreePath, long> _waiting = [];
        private readonly Dictionary<TreePath, long> _inFlight = [];
        private IReadOnlyList<DirtyMark> _batch = [];
        private DirtyTree? _made;

        private DirtyTree Tree => _made ??= new DirtyTree(_clock, limit);

        public void Step()
        {
            _clock.Advance(random.Next(3));
            switch (random.Next(8))
            {
                case 0 when _batch.Count == 0:
                    Take(random.Next(1, 20));
                    break;
                case 1:
                    Tree.Confirm();
                    Settled([]);
                    break;
                case 2:
                    Return();
                    break;
                default:
                    Mark();
                    break;
            }
            Check();
        }

        public void Drain()
        {
            Tree.Confirm();
            Settled([]);
            Tree.ReleaseAll();
            while (Tree.OldestUnconfirmed is not null)
            {
                Take(int.MaxValue);
                Tree.Confirm();
                Settled([]);
            }
            Assert.Empty(_waiting);
            Assert.Equal(0, Tree.Unconfirmed);
        }

        private void Mark()
        {
            var path = RandomPath();
            var hold = TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(10) : 0);
            _waiting.TryAdd(path, _clock.GetTimestamp());
            if (random.Next(10) > 0)
            {
                Tree.Mark(path, random.Next(10) == 0, (Touch)random.Next(8), hold);
                return;
            }
            var old = RandomPath();
            Tree.MarkRenamed(old, path, random.Next(2) == 0);
            _waiting.TryAdd(old, _clock.GetTimestamp());
        }

        private void Take(int most)
        {
            _batch = Tree.Take(most);
            foreach (var (path, since) in _waiting.Where(name => Covers(_batch, name.Key)).ToList())
            {
                _waiting.Remove(path);
                _inFlight.Add(path, since);
            }
        }

        private void Return()
        {
            var back = _batch.Where(_ => random.Next(2) == 0)
                .Select(mark => mark with { NotBefore = Tree.After(TimeSpan.FromMilliseconds(random.Next(2) * 20)) }).ToList();
            Tree.Return(back);
            Settled(back);
        }

        /// <summary>What was in flight is confirmed by any mark that stood for it and was not given back.</summary>
        private void Settled(List<DirtyMark> back)
        {
            var confirmed = _batch.Where(mark => !back.Exists(given => given.Path == mark.Path)).ToList();
            foreach (var (path, since) in _inFlight.Where(name => !Covers(confirmed, name.Key)))
                _waiting[path] = Math.Min(since, _waiting.GetValueOrDefault(path, since));
            _inFlight.Clear();
            _batch = [];
        }

        private void Check()
        {
            Assert.InRange(Tree.Unconfirmed, 0, Math.Max(1, limit) + _batch.Count);
            if (_waiting.Count + _inFlight.Count == 0)
                return;
            var oldest = _waiting.Values.Concat(_inFlight.Values).Min();
            Assert.NotNull(Tree.OldestUnconfirmed);
            Assert.InRange(Tree.OldestUnconfirmed.Value, 0, oldest);
        }

        private static bool Covers(IEnumerable<DirtyMark> marks, TreePath path) =>
            marks.Any(mark => mark.Path == path || (mark.Subtree && path.IsBelow(mark.Path)));

        private TreePath RandomPath()
        {
            var path = TreePath.Root;
            for (var depth = random.Next(1, 5); depth > 0; depth--)
                path = path.Child([(byte)('a' + random.Next(4))]);
            return path;
        }
    }
}
