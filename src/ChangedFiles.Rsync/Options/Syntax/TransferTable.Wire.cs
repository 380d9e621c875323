namespace ChangedFiles.Rsync.Options.Syntax;

internal static partial class TransferTable
{
    private const long SmallestMaxAlloc = 1L << 20;
    private const long SmallestBwLimit = 512;
    private const long LargestBwLimit = int.MaxValue * 1024L;

    private static void AddCompression(OptionTable<OptionDraft> table)
    {
        table.Flag("compress", 'z', "compress file data on the way", draft => draft.CompressCount++);
        table.Flag("no-compress", '\0', "", draft =>
        {
            draft.CompressCount = 0;
            Compress(draft, c => c with { Choice = null });
        });
        table.Alias("no-z", "no-compress");
        table.Text("compress-choice", '\0', "NAME=the compression algorithm (also --zc)", (draft, text) =>
        {
            AlgorithmNames.Compression(text);
            Compress(draft, c => c with { Choice = text });
        });
        table.Alias("zc", "compress-choice");
        table.Flag("old-compress", '\0', "", draft => Compress(draft, c => c with { Choice = "zlib" }));
        table.Flag("new-compress", '\0', "", draft => Compress(draft, c => c with { Choice = "zlibx" }));
        table.Number("compress-level", '\0', "NUMBER=how hard to compress (also --zl)", (draft, level) =>
            Compress(draft, c => c with { Level = level }));
        table.Alias("zl", "compress-level");
        table.Number("compress-threads", '\0', "NUMBER=threads for compression (also --zt)", (draft, count) =>
            Compress(draft, c => c with { Threads = Math.Max(0, count) }));
        table.Alias("zt", "compress-threads");
        table.Text("skip-compress", '\0', "LIST=do not compress files with these suffixes", (draft, text) =>
            Compress(draft, c => c with { SkipCompress = text }));
    }

    private static void AddWire(OptionTable<OptionDraft> table)
    {
        table.Number("protocol", '\0', "NUMBER=speak this protocol at most", (draft, number) => Connect(draft, w => w with { Protocol = number }));
        table.Number("timeout", '\0', "SECONDS=end when nothing moves for this long", (draft, seconds) =>
            Connect(draft, w => w with { Timeout = Math.Max(0, seconds) }));
        table.Flag("no-timeout", '\0', "", draft => Connect(draft, w => w with { Timeout = 0 }));
        table.Number("contimeout", '\0', "SECONDS=wait this long for a daemon", (draft, seconds) =>
            Connect(draft, w => w with { Contimeout = Math.Max(0, seconds) }));
        table.Flag("no-contimeout", '\0', "", draft => Connect(draft, w => w with { Contimeout = 0 }));
        table.Text("bwlimit", '\0', "RATE=at most this many KiB a second", (draft, text) =>
        {
            var rate = Numbers.Size("--bwlimit", text, 'k', SmallestBwLimit, LargestBwLimit, unlimited: true);
            Connect(draft, w => w with { BwLimit = (rate + 512) / 1024 * 1024 });
        });
        table.Flag("no-bwlimit", '\0', "", draft => Connect(draft, w => w with { BwLimit = 0 }));
        table.Text("max-alloc", '\0', "SIZE=the most a single allocation may be", (draft, text) =>
            Connect(draft, w => w with { MaxAlloc = ParseMaxAlloc("--max-alloc", text) }));
        table.Toggle("secluded-args", 's', "send the arguments inside the connection", (draft, on) => draft.SecludedArgs = on);
        table.Alias("protect-args", "secluded-args");
        table.Alias("no-protect-args", "no-secluded-args");
        table.Flag("old-args", '\0', "let the remote shell split the arguments", draft => draft.OldArgs = (draft.OldArgs ?? 0) + 1);
        table.Flag("no-old-args", '\0', "", draft => draft.OldArgs = 0);
        table.Toggle("inc-recursive", '\0', "send the file list in pieces (also --i-r)", (draft, on) =>
            Connect(draft, w => w with { IncRecursive = on }));
        table.Alias("i-r", "inc-recursive");
        table.Alias("no-i-r", "no-inc-recursive");
        table.Flag("qsort", '\0', "", draft => Connect(draft, w => w with { QSort = true }));
        table.Flag("trust-sender", '\0', "do not compare the sender's list with what was asked for", draft =>
            Connect(draft, w => w with { TrustSender = true }));
        table.Text("stop-after", '\0', "MINUTES=begin no file after this long", (draft, text) => StopAfter(draft, text));
        table.Alias("time-limit", "stop-after");
        table.Text("stop-at", '\0', "y-m-dTh:m=begin no file after this moment", (draft, text) => StopAt(draft, text));
    }

    internal static long ParseMaxAlloc(string shown, string text) =>
        Numbers.Size(shown, text, 'b', SmallestMaxAlloc, long.MaxValue, unlimited: true);

    private static void StopAfter(OptionDraft draft, string text)
    {
        if (!int.TryParse(text, out var minutes) || minutes <= 0)
            throw Usage.Syntax($"invalid --stop-after value: {text}");
        Connect(draft, w => w with { StopAt = DateTimeOffset.Now.AddMinutes(minutes) });
    }

    private static void StopAt(OptionDraft draft, string text)
    {
        var now = DateTimeOffset.Now;
        if (!StopTime.TryParse(text, now, out var moment))
            throw Usage.Syntax($"invalid --stop-at format: {text}");
        if (moment <= now)
            throw Usage.Syntax($"--stop-at time is not in the future: {text}");
        Connect(draft, w => w with { StopAt = moment });
    }

    private static void Compress(OptionDraft draft, Func<CompressionOptions, CompressionOptions> change) =>
        draft.Compression = change(draft.Compression);

    private static void Connect(OptionDraft draft, Func<WireOptions, WireOptions> change) => draft.Wire = change(draft.Wire);
}
