namespace ChangedFiles.Rsync.Filters;

/// <summary>What CVS leaves alone: the rules that "-C" stands for (docs/protocol.md 5.2).</summary>
internal static class CvsIgnore
{
    /// <summary>Names and patterns, as words. These are perishable; the user's own are not.</summary>
    private static ReadOnlySpan<byte> BuiltIn =>
        "RCS SCCS CVS CVS.adm RCSLOG cvslog.* tags TAGS .make.state .nse_depinfo *~ #* .#* ,* _$* *$ *.old *.bak *.BAK *.orig *.rej .del-* "u8
        + "*.a *.olb *.o *.obj *.so *.exe *.Z *.elc *.ln core .svn/ .git/ .hg/ .bzr/"u8;

    /// <summary>The built-in list, then <c>~/.cvsignore</c>, then <c>$CVSIGNORE</c>.</summary>
    /// <param name="modifiers">The modifiers of the "-C" rule; its sides hold for all of them.</param>
    /// <param name="homeFile">Contents of the user's own file; empty when there is none.</param>
    /// <param name="variable">The value of <c>CVSIGNORE</c>.</param>
    public static FilterRule[] Rules(FilterModifiers modifiers, ReadOnlySpan<byte> homeFile, ReadOnlySpan<byte> variable)
    {
        var reader = new RuleReader((_, _) => [], _ => []) { IsMergedAlready = _ => false };
        reader.AddText(BuiltIn, new RuleTemplate(modifiers | FilterModifiers.Perishable));
        reader.AddFile(homeFile, new RuleTemplate(modifiers), "~/.cvsignore");
        reader.AddText(variable, new RuleTemplate(modifiers));
        return [.. reader.Rules];
    }
}
