using ChangedFiles.Rsync.FileList;

namespace ChangedFiles.Engine.Tests.Simulation;

internal enum LinkOutcome
{
    /// <summary>It is looked at as any other file.</summary>
    Nothing,
    /// <summary>It waits for one whose data is on its way.</summary>
    Wait,
    /// <summary>One of the names is in place.</summary>
    Link,
}

/// <summary>Names of one inode as a stock receiver deals with them (docs/protocol.md 9.1): each knows the one before it in the list.</summary>
internal sealed class StockLinks
{
    private sealed class Member(FileEntry entry)
    {
        public FileEntry Entry => entry;
        public Member? Before;
        public bool IsLast, IsDone, IsAsked, IsSkipped;
    }

    private readonly Dictionary<FileEntry, Member> _members = [];

    public StockLinks(IEnumerable<FileEntry> sorted)
    {
        foreach (var group in sorted.Where(entry => entry.Links is not null).GroupBy(entry => entry.Links).Where(group => group.Count() > 1))
        {
            Member? before = null;
            foreach (var entry in group)
                _members.Add(entry, before = new Member(entry) { Before = before });
            before!.IsLast = true;
        }
    }

    /// <summary>What is to become of a name that is not the first.</summary>
    public LinkOutcome Check(FileEntry entry, out FileEntry? finished)
    {
        finished = null;
        if (!_members.TryGetValue(entry, out var member) || Prior(member) is not { } before)
            return LinkOutcome.Nothing;
        if (before.IsDone)
        {
            // A name that is done knows the one that was first to be.
            finished = (before.Before ?? before).Entry;
            (member.Before, member.IsDone) = (_members[finished], true);
            return LinkOutcome.Link;
        }
        if (!before.IsAsked)
            return LinkOutcome.Nothing;
        (member.Before, before.Before, member.IsAsked) = (before.Before, member, true);
        return LinkOutcome.Wait;
    }

    /// <summary>A name that is not there is left to those that follow.</summary>
    public bool LeaveToLater(FileEntry entry) => _members.TryGetValue(entry, out var member) && !member.IsLast;

    public void Asked(FileEntry entry)
    {
        if (_members.TryGetValue(entry, out var member))
            member.IsAsked = true;
    }

    /// <summary>It is in place. The names before it, which are to be linked to it.</summary>
    public IEnumerable<FileEntry> Finish(FileEntry entry)
    {
        if (!_members.TryGetValue(entry, out var first))
            return [];
        var found = new List<FileEntry>();
        var before = first.Before;
        (first.Before, first.IsDone) = (first, true);
        while (before is { IsDone: false } member)
        {
            before = member.Before;
            (member.Before, member.IsDone) = (first, true);
            found.Add(member.Entry);
        }
        return found;
    }

    /// <summary>Its data did not come. When it was the last hope of those before, one of these is tried.</summary>
    public FileEntry? Fail(FileEntry entry)
    {
        if (!_members.TryGetValue(entry, out var member))
            return null;
        member.IsSkipped = true;
        if (!member.IsLast || Prior(member) is not { IsDone: false, IsAsked: false } before)
            return null;
        before.IsLast = true;
        return before.Entry;
    }

    private static Member? Prior(Member member)
    {
        var before = member.Before;
        while (before is { IsSkipped: true })
            before = before.Before;
        return before;
    }
}
