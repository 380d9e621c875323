using System.Globalization;
using ChangedFiles.Linux;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Options.Syntax;

namespace ChangedFiles.Cli.Rsync.Running;

/// <summary><c>--copy-as</c>: from the first name on this process is another user's, and cannot come back.</summary>
internal static class CopyUser
{
    /// <summary>Nothing when <paramref name="copyAs"/> (USER[:GROUP], names or numbers) is null. Without a group the user's own ones hold.</summary>
    public static void Become(string? copyAs)
    {
        if (copyAs?.Split(':', 2) is not [var user, .. var group])
            return;
        var uid = Id(user, Accounts.UserId) ?? throw Usage.Syntax($"Invalid copy-as user: {user}");
        var member = group.Length == 0 ? Accounts.UserName(uid) ?? throw Usage.Syntax("getpwuid failed") : null;
        var gid = member is null
            ? Id(group[0], Accounts.GroupId) ?? throw Usage.Syntax($"Invalid copy-as group: {group[0]}")
            : Accounts.PrimaryGroup(member)!.Value;
        var error = Accounts.Become(uid, gid, member, out var failed);
        if (error != Errno.None)
            throw Usage.Syntax($"{failed} failed: {error.Describe()} ({(int)error})");
    }

    private static uint? Id(string text, Func<ReadOnlySpan<byte>, uint?> named) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : named(ArgumentText.Encode(text));
}
