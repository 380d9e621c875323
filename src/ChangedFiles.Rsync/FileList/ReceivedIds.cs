using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.FileList;

/// <summary>
/// How a receiving side takes the owners and groups of a peer (docs/protocol.md 6.5): which ids they are here, and which of them it may
/// set at all. Belongs to one session.
/// </summary>
internal sealed class ReceivedIds
{
    private readonly HashSet<uint>? _ownGroups;

    /// <param name="preserve">What is kept, and the maps of the options.</param>
    /// <param name="mayChown">This side may give files to anybody: it is root (or was told that it is).</param>
    /// <param name="numericModule">A daemon module with numeric ids: names arrive but do not count.</param>
    /// <param name="warn">Told of rules whose target is unknown here.</param>
    public ReceivedIds(PreserveOptions preserve, bool mayChown, bool numericModule = false, Action<string>? warn = null)
    {
        warn ??= static _ => { };
        var byName = !preserve.NumericIds && !numericModule;
        var userRules = IdRule.Parse(preserve.UserMap, "usermap", FindUser, warn);
        var groupRules = IdRule.Parse(preserve.GroupMap, "groupmap", FindGroup, warn);
        // Owners cannot be given away without root's rights, so there is nothing to map then.
        Users = new IdMap(mayChown ? userRules : [], mayChown && byName ? FindUser : null);
        Groups = new IdMap(groupRules, byName ? FindGroup : null);
        _ownGroups = mayChown ? null : [.. Accounts.Groups()];
    }

    internal IdMap Users { get; }

    internal IdMap Groups { get; }

    /// <summary>True when this process may give a file to a group: root to any, others to the ones they are members of.</summary>
    public bool MaySetGroup(uint gid) => _ownGroups is null || _ownGroups.Contains(gid);

    /// <summary>Replaces the peer's ids by those of this machine.</summary>
    internal void Map(List<FileEntry> entries)
    {
        if (!Users.Maps && !Groups.Maps)
            return;
        foreach (var entry in entries)
            (entry.Uid, entry.Gid) = (Users.Map(entry.Uid), Groups.Map(entry.Gid));
    }

    /// <summary>The same for the ids in ACLs, which entries share.</summary>
    internal void MapAcls(List<FileEntry> entries)
    {
        if (!Users.Maps && !Groups.Maps)
            return;
        var mapped = new Dictionary<PosixAcl, PosixAcl>(ReferenceEqualityComparer.Instance);
        foreach (var entry in entries)
        {
            entry.AccessAcl = Map(entry.AccessAcl, mapped);
            entry.DefaultAcl = Map(entry.DefaultAcl, mapped);
        }
    }

    private PosixAcl? Map(PosixAcl? acl, Dictionary<PosixAcl, PosixAcl> known)
    {
        if (acl is null || acl.Named.Count == 0)
            return acl;
        if (known.TryGetValue(acl, out var mapped))
            return mapped;
        return known[acl] = new PosixAcl
        {
            Owner = acl.Owner,
            OwningGroup = acl.OwningGroup,
            Mask = acl.Mask,
            Other = acl.Other,
            Named = [.. acl.Named.Select(named => named with { Id = (named.IsUser ? Users : Groups).Map(named.Id) })],
        };
    }

    private static uint? FindUser(byte[] name) => Accounts.UserId(name);

    private static uint? FindGroup(byte[] name) => Accounts.GroupId(name);
}
