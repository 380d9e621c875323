using System.Globalization;

namespace ChangedFiles.Engine.Rules.Import;

/// <summary>
/// Reads an lsyncd configuration: <c>settings{...}</c> and each <c>sync{default.rsync | rsyncssh | direct, ...}</c>, which becomes a
/// rule with MIRROR.
/// </summary>
public static class LsyncdImport
{
    // lsyncd's names of rsync options that are on or off.
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["archive"] = "archive",
        ["acls"] = "acls",
        ["checksum"] = "checksum",
        ["compress"] = "compress",
        ["copy_dirlinks"] = "copy-dirlinks",
        ["copy_links"] = "copy-links",
        ["copy_unsafe_links"] = "copy-unsafe-links",
        ["cvs_exclude"] = "cvs-exclude",
        ["dry_run"] = "dry-run",
        ["executability"] = "executability",
        ["existing"] = "existing",
        ["group"] = "group",
        ["hard_links"] = "hard-links",
        ["ignore_times"] = "ignore-times",
        ["inplace"] = "inplace",
        ["ipv4"] = "ipv4",
        ["ipv6"] = "ipv6",
        ["keep_dirlinks"] = "keep-dirlinks",
        ["links"] = "links",
        ["numeric_ids"] = "numeric-ids",
        ["one_file_system"] = "one-file-system",
        ["owner"] = "owner",
        ["perms"] = "perms",
        ["sparse"] = "sparse",
        ["times"] = "times",
        ["update"] = "update",
        ["whole_file"] = "whole-file",
        ["xattrs"] = "xattrs",
    };

    private static readonly Dictionary<string, string> Valued = new()
    {
        ["backup_dir"] = "backup-dir",
        ["bwlimit"] = "bwlimit",
        ["chmod"] = "chmod",
        ["chown"] = "chown",
        ["password_file"] = "password-file",
        ["rsh"] = "rsh",
        ["rsync_path"] = "rsync-path",
        ["suffix"] = "suffix",
        ["temp_dir"] = "temp-dir",
        ["timeout"] = "timeout",
    };

    // These only say what a live mirror does anyway.
    private static readonly HashSet<string> NotNeeded = ["nodaemon", "insist", "verbose", "quiet", "protect_args", "recursive", "init"];

    public static ImportedRules Import(string file, string content)
    {
        var rules = new ImportedRules.Builder(file);
        var lua = new LuaReader(content);
        foreach (var line in lua.Skipped)
            rules.LeaveOut(line, "Lua code");
        foreach (var (function, table) in lua.Calls)
        {
            rules.Add("");
            if (function == "sync")
                AddSync(rules, table);
            else if (function == "settings")
                AddSettings(rules, table);
            else
                rules.LeaveOut(table.Line, $"{function}{{...}}");
        }
        return rules.Build();
    }

    private static void AddSettings(ImportedRules.Builder rules, LuaTable settings)
    {
        foreach (var (key, value) in settings.Fields)
        {
            if (key == "maxProcesses" && value is LuaNumber number)
                rules.Add($"PARALLEL {Say(number)}");
            else if (!NotNeeded.Contains(key))
                rules.LeaveOut(value.Line, $"settings.{key}");
        }
    }

    private static void AddSync(ImportedRules.Builder rules, LuaTable sync)
    {
        var kind = sync.Items is [LuaName { Name: var first }, ..] ? first : "";
        var source = (sync["source"] as LuaText)?.Text.TrimEnd('/');
        var destination = Destination(kind, sync);
        if (destination is null || source is null || !source.StartsWith('/'))
        {
            var name = kind.Length > 0 ? kind : "(own functions)";
            rules.LeaveOut(sync.Line, destination is null ? $"sync of the kind {name}" : "its source is not an absolute path");
            return;
        }
        List<string> options = [];
        foreach (var (key, value) in sync.Fields)
            AddField(rules, key, value, options);
        var words = options.Prepend(destination).Prepend(source + "/").Select(ImportedRules.Quote);
        rules.Add($"RULE ^{ImportedRules.Escape(source)}/");
        rules.Add("MIRROR " + string.Join(' ', words));
    }

    private static string? Destination(string kind, LuaTable sync) => kind switch
    {
        "default.rsync" or "default.direct" => (sync["target"] as LuaText)?.Text,
        "default.rsyncssh" when sync["host"] is LuaText host && sync["targetdir"] is LuaText directory => $"{host.Text}:{directory.Text}",
        _ => null,
    };

    private static void AddField(ImportedRules.Builder rules, string key, LuaValue value, List<string> options)
    {
        switch (key, value)
        {
            case ("source" or "target" or "host" or "targetdir", _):
                break;
            case ("exclude", LuaTable { Fields: [] } patterns) when patterns.Items.All(p => p is LuaText):
                options.AddRange(patterns.Items.Select(p => "--exclude=" + ((LuaText)p).Text));
                break;
            case ("exclude", LuaText pattern):
                options.Add("--exclude=" + pattern.Text);
                break;
            case ("excludeFrom", LuaText file):
                options.Add("--exclude-from=" + file.Text);
                break;
            case ("filter", LuaTable filters) when filters.Items.All(f => f is LuaText):
                options.AddRange(filters.Items.Select(f => "--filter=" + ((LuaText)f).Text));
                break;
            case ("delete", LuaBoolean { Value: var delete }):
                if (!delete)
                    options.Add("--no-delete");
                break;
            case ("delay", _):
                rules.LeaveOut(value.Line, "delay: changes are sent at once");
                break;
            case ("rsync", LuaTable rsync):
                AddRsync(rules, rsync, options);
                break;
            case ("ssh", LuaTable ssh):
                AddSsh(rules, ssh, options);
                break;
            default:
                if (!NotNeeded.Contains(key))
                    rules.LeaveOut(value.Line, key);
                break;
        }
    }

    private static void AddRsync(ImportedRules.Builder rules, LuaTable rsync, List<string> options)
    {
        foreach (var (key, value) in rsync.Fields)
        {
            if (Switches.TryGetValue(key, out var option) && value is LuaBoolean on)
                options.Add(on.Value ? $"--{option}" : $"--no-{option}");
            else if (Valued.TryGetValue(key, out option) && value is LuaText or LuaNumber)
                options.Add($"--{option}={Say(value)}");
            else if (key == "_extra" && value is LuaTable extra && extra.Items.All(e => e is LuaText))
                options.AddRange(extra.Items.Select(Say));
            else if (!NotNeeded.Contains(key))
                rules.LeaveOut(value.Line, $"rsync.{key}");
        }
    }

    private static void AddSsh(ImportedRules.Builder rules, LuaTable ssh, List<string> options)
    {
        List<string> words = [(ssh["binary"] as LuaText)?.Text ?? "ssh"];
        foreach (var (key, value) in ssh.Fields)
        {
            if (key == "port")
                words.AddRange(["-p", Say(value)]);
            else if (key == "identityFile")
                words.AddRange(["-i", Say(value)]);
            else if (key == "configFile")
                words.AddRange(["-F", Say(value)]);
            else if (key == "options" && value is LuaTable table)
                words.AddRange(table.Fields.SelectMany(f => (string[])["-o", $"{f.Key}={Say(f.Value)}"]));
            else if (key == "_extra" && value is LuaTable extra)
                words.AddRange(extra.Items.Select(Say));
            else if (key != "binary")
                rules.LeaveOut(value.Line, $"ssh.{key}");
        }
        options.Add("--rsh=" + string.Join(' ', words.Select(ImportedRules.Quote)));
    }

    private static string Say(LuaValue value) => value switch
    {
        LuaText text => text.Text,
        LuaNumber number => number.Number.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
