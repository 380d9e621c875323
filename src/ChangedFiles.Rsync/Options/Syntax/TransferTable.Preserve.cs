using ChangedFiles.Linux;

namespace ChangedFiles.Rsync.Options.Syntax;

internal static partial class TransferTable
{
    private static void AddPreserve(OptionTable<OptionDraft> table)
    {
        table.Toggle("links", 'l', "keep symbolic links", (draft, on) => Keep(draft, p => p with { Links = on }));
        table.Toggle("hard-links", 'H', "keep hard links", (draft, on) => Keep(draft, p => p with { HardLinks = on ? p.HardLinks + 1 : 0 }));
        table.Toggle("perms", 'p', "keep permissions", (draft, on) => Keep(draft, p => p with { Perms = on }));
        table.Flag("executability", 'E', "keep whether a file can be executed", draft => Keep(draft, p => p with { Executability = true }));
        table.Text("chmod", '\0', "CHANGES=change permissions on the way", AddChmod);
        table.Toggle("acls", 'A', "keep ACLs (implies -p)", (draft, on) => Keep(draft, p => p with { Acls = on, Perms = on || p.Perms }));
        table.Toggle("xattrs", 'X', "keep extended attributes", (draft, on) =>
            Keep(draft, p => p with { Xattrs = on ? Math.Min(2, p.Xattrs + 1) : 0 }));
        table.Toggle("owner", 'o', "keep owners (needs privilege)", (draft, on) => Keep(draft, p => p with { Owner = on }));
        table.Toggle("group", 'g', "keep groups", (draft, on) => Keep(draft, p => p with { Group = on }));
        table.Toggle("devices", '\0', "keep device files (needs privilege)", (draft, on) => Keep(draft, p => p with { Devices = on }));
        table.Toggle("specials", '\0', "keep fifos and sockets", (draft, on) => Keep(draft, p => p with { Specials = on }));
        table.Add(new Option<OptionDraft>("", 'D', OptionValue.None, (draft, _) => SetDevices(draft, true), "the same as --devices --specials"));
        table.Flag("no-D", '\0', "", draft => SetDevices(draft, false));
        table.Toggle("drop-D", '\0', "make no devices and specials, whatever is sent", (draft, on) =>
            Keep(draft, p => p with { DropDevices = on }));
        table.Toggle("times", 't', "keep modification times", (draft, on) => Keep(draft, p => p with { Times = on }));
        table.Toggle("atimes", 'U', "keep access times; twice also --open-noatime", (draft, on) =>
            Keep(draft, p => p with { Atimes = on, OpenNoatime = p.OpenNoatime || (on && p.Atimes) }));
        table.Toggle("open-noatime", '\0', "do not touch access times while reading", (draft, on) =>
            Keep(draft, p => p with { OpenNoatime = on }));
        table.Flag("crtimes", 'N', "", draft => throw Usage.Syntax("rsync: This rsync does not support --crtimes (-N)"));
        table.Flag("no-crtimes", '\0', "", draft => { });
        table.Alias("no-N", "no-crtimes");
        table.Toggle("omit-dir-times", 'O', "no times for directories", (draft, on) => Keep(draft, p => p with { OmitDirTimes = on }));
        table.Toggle("omit-link-times", 'J', "no times for symbolic links", (draft, on) => Keep(draft, p => p with { OmitLinkTimes = on }));
        table.Toggle("super", '\0', "do what needs privilege whoever runs this", (draft, on) => Keep(draft, p => p with { Super = on }));
        table.Flag("fake-super", '\0', "keep owners and devices in extended attributes", draft =>
            Keep(draft, p => p with { FakeSuper = true }));
        AddIds(table);
    }

    private static void AddIds(OptionTable<OptionDraft> table)
    {
        table.Toggle("numeric-ids", '\0', "owners and groups by number, not by name", (draft, on) =>
            Keep(draft, p => p with { NumericIds = on }));
        table.Text("usermap", '\0', "LIST=FROM:TO,... for owners (implies -o)", (draft, text) => MapUsers(draft, "--usermap", text));
        table.Text("groupmap", '\0', "LIST=FROM:TO,... for groups (implies -g)", (draft, text) => MapGroups(draft, "--groupmap", text));
        table.Text("chown", '\0', "USER:GROUP=one owner and group for all", (draft, text) =>
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var user = colon < 0 ? text : text[..colon];
            if (user.Length > 0)
                MapUsers(draft, "--chown", "*:" + user);
            if (colon >= 0 && colon + 1 < text.Length)
                MapGroups(draft, "--chown", "*:" + text[(colon + 1)..]);
        });
        table.Text("copy-as", '\0', "USER[:GROUP]=read and write files as USER", (draft, text) => Keep(draft, p => p with { CopyAs = text }));
    }

    private static void AddChmod(OptionDraft draft, string text)
    {
        if (!ModeChange.TryParse(text, draft.Umask ?? FileModes.Umask, out var change))
            throw Usage.Syntax($"rsync: Invalid argument passed to --chmod ({text})");
        Keep(draft, p => p with { Chmod = p.Chmod is null ? change : p.Chmod.Then(change) });
    }

    private static void MapUsers(OptionDraft draft, string option, string map)
    {
        if (draft.UserMapOption is { } prior)
            throw MapConflict(option, prior, "user-affecting");
        draft.UserMapOption = option;
        Keep(draft, p => p with { UserMap = map, Owner = true });
    }

    private static void MapGroups(OptionDraft draft, string option, string map)
    {
        if (draft.GroupMapOption is { } prior)
            throw MapConflict(option, prior, "group-affecting");
        draft.GroupMapOption = option;
        Keep(draft, p => p with { GroupMap = map, Group = true });
    }

    private static RsyncException MapConflict(string option, string prior, string kind) =>
        option != prior ? Usage.Syntax($"{option} conflicts with prior {prior}.")
        : option == "--chown" ? Usage.Syntax($"rsync: You can only specify a {kind} --chown once.")
        : Usage.Syntax($"rsync: You can only specify {option} once.");

    private static void SetDevices(OptionDraft draft, bool on) => Keep(draft, p => p with { Devices = on, Specials = on });

    private static void Keep(OptionDraft draft, Func<PreserveOptions, PreserveOptions> change) =>
        draft.Preserve = change(draft.Preserve);
}
