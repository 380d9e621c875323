using System.Text;
using System.Text.Json.Nodes;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync;

/// <summary><c>--version</c>: what this is, which rsync it behaves as, and what it can do.</summary>
internal static class VersionPage
{
    /// <summary>The release of rsync whose command line and behaviour this one follows.</summary>
    public const string Compatible = "3.5.0";

    private static readonly (string Name, bool Can)[] Capabilities =
    [
        ("socketpairs", true),
        ("symlinks", true),
        ("symtimes", true),
        ("hardlinks", true),
        ("hardlink_specials", true),
        ("hardlink_symlinks", true),
        ("IPv6", true),
        ("atimes", true),
        ("batchfiles", true),
        ("inplace", true),
        ("append", true),
        ("ACLs", true),
        ("xattrs", true),
        ("iconv", false),
        ("prealloc", true),
        ("stop_at", true),
        ("crtimes", false),
    ];

    private const int LineLength = 74;

    private static readonly string[] Bits = ["file_bits", "inum_bits", "timestamp_bits", "long_int_bits"];

    /// <summary>This program's own version.</summary>
    public static string Version { get; } = typeof(VersionPage).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Scripts take the two numbers of the first line.</summary>
    public static string FirstLines =>
        $"rsync  version {Compatible}  protocol version {WireOptions.NewestProtocol}\n"
        + $"changedfiles {Version}: the rsync protocol, implemented anew\n";

    public static string Text
    {
        get
        {
            var page = new StringBuilder(FirstLines).Append("Capabilities:\n    64-bit files, 64-bit inums, 64-bit timestamps, 64-bit long ints,\n");
            var line = "   ";
            foreach (var word in Capabilities.Select(Words).Append("optional secluded-args"))
            {
                if (line.Length + word.Length > LineLength)
                {
                    page.Append(line).Append('\n');
                    line = "   ";
                }
                line += $" {word},";
            }
            return page.Append(line.TrimEnd(',')).Append('\n')
                .Append($"Checksum list:\n    {string.Join(' ', AlgorithmNames.ChecksumList)}\n")
                .Append($"Compress list:\n    {string.Join(' ', AlgorithmNames.CompressList)}\n")
                .Append($"Daemon auth list:\n    {string.Join(' ', AlgorithmNames.AuthList)}\n")
                .ToString();
        }
    }

    /// <summary>The same with rsync's keys.</summary>
    public static string Json
    {
        get
        {
            var capabilities = new JsonObject();
            foreach (var name in Bits)
                capabilities[name] = 64;
            foreach (var (name, can) in Capabilities)
                capabilities[name] = can;
            capabilities["secluded_args"] = "optional";
            return new JsonObject
            {
                ["program"] = "changedfiles",
                ["program_version"] = Version,
                ["version"] = Compatible,
                ["protocol"] = $"{WireOptions.NewestProtocol}.0",
                ["capabilities"] = capabilities,
                ["checksum_list"] = ListOf(AlgorithmNames.ChecksumList),
                ["compress_list"] = ListOf(AlgorithmNames.CompressList),
                ["daemon_auth_list"] = ListOf(AlgorithmNames.AuthList),
            }.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n";
        }
    }

    private static string Words((string Name, bool Can) capability) =>
        (capability.Can ? "" : "no ") + capability.Name.Replace('_', '-');

    private static JsonArray ListOf(IEnumerable<string> names) => new([.. names.Select(name => JsonValue.Create(name))]);
}
