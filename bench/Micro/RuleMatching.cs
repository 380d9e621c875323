using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using ChangedFiles.Engine.Rules;

namespace ChangedFiles.Micro;

/// <summary>
/// Events against 10,000 rules. One operation is 100,000 events: below one second it is within one core at 100,000 events/s.
/// </summary>
[MemoryDiagnoser]
public class RuleMatching
{
    private const int Events = 100_000;

    private RuleSet _rules = RuleSet.Empty;
    private FileEvent[] _events = [];
    private readonly List<RuleMatch> _matches = [];

    /// <summary>What the rules look like.</summary>
    [Params("prefix", "prefix+regex", "suffix", "mixed")]
    public string Kind { get; set; } = "";

    [Params(10_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder("IGNORE \\.swp$\n");
        for (var i = 0; i < Rules; i++)
            text.Append(CultureInfo.InvariantCulture, $"RULE {Regex(i)}\nIGNORE /\\.git/\nOPENW LOG\n");
        var file = RuleFile.Parse(text.ToString());
        if (!file.IsGood)
            throw new InvalidOperationException(file.Errors.First().ToString());
        _rules = file.Rules;
        var random = new Random(1);
        _events = [.. Enumerable.Range(0, Events).Select(_ => new FileEvent(Operation.OPENW, Encoding.ASCII.GetBytes(
            $"/srv/site{random.Next(Rules * 2)}/photos/2001/img-{random.Next(1000)}.t{random.Next(Rules * 2)}")))];
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Match()
    {
        var actions = 0;
        foreach (var fileEvent in _events)
        {
            _matches.Clear();
            _rules.Match(fileEvent, _matches);
            actions += _matches.Count;
        }
        return actions;
    }

    private string Regex(int i) => Kind switch
    {
        "prefix" => $"^/srv/site{i}/",
        // A hundred distinct ones of those that need an automaton; the others are literal.
        "prefix+regex" => i % 100 == 0 ? $@"^/srv/site{i}/[a-z]+/\d+/" : $@"^/srv/site{i}/.*\.t{i}$",
        "suffix" => $@"\.t{i}$",
        _ => (i % 100) switch
        {
            0 => $"img-{i}[.]",
            < 10 => $@"\.(t{i}|u{i})$",
            _ => $"^/srv/site{i}/",
        },
    };
}
