using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;

namespace ChangedFiles.Rsync.Sessions;

/// <summary>The client's filter rules, the first thing after the setup (docs/protocol.md 5.1).</summary>
internal static class FilterExchange
{
    /// <summary>The client's part; nothing where the options need none.</summary>
    /// <param name="sending">True when this client sends.</param>
    public static void Send(Session session, FilterRules rules, TransferOptions options, bool sending)
    {
        var writer = session.Writer;
        if (sending && !IsSentBySender(session, options))
            return;
        // Without deletions a local receiver only asks what extended attributes are left alone.
        if (sending && !IsSentBySender(null, options) && !rules.HasXattrRules)
            rules = FilterRules.None;
        foreach (var rule in rules.ToWire(sending ? FilterSide.Sender : FilterSide.Receiver))
        {
            writer.WriteInt32(rule.Length);
            writer.Write(rule);
        }
        writer.WriteInt32(0);
    }

    /// <summary>The server's part.</summary>
    /// <param name="builder">Gets the rules; a module's own may be in it already.</param>
    /// <param name="sending">True when this server sends.</param>
    /// <exception cref="FilterException">A rule that cannot be understood.</exception>
    public static FilterRules Read(Session session, FilterRulesBuilder builder, TransferOptions options, bool sending)
    {
        var reader = session.Reader;
        if (sending || IsSentBySender(session, options))
        {
            while (reader.ReadInt32(0, FilterRule.MaxWireLength, "length of a filter rule") is > 0 and var length)
                builder.AddReceived(reader.ReadBytes(length));
        }
        builder.CvsExclude = sending && options.Selection.CvsExclude;
        builder.DeleteExcluded = options.Deletion.Excluded;
        builder.PartialDir = options.Writing.EffectivePartialDir;
        return builder.Build();
    }

    private static bool IsSentBySender(Session? session, TransferOptions options) =>
        session?.Terms.IsLocal == true || options.Deletion.Mode != DeleteMode.None || options.Selection.PruneEmptyDirs;
}
