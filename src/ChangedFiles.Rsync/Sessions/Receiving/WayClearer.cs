using ChangedFiles.Linux;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Sessions.Receiving;

/// <summary>Makes room for an entry where something else has its name (docs/protocol.md 10.7).</summary>
internal sealed class WayClearer(Reception reception, Deleter deleter)
{
    /// <summary>Removes what is in the way. A directory with contents goes only with <c>--force</c> or a delete option.</summary>
    /// <param name="whatFor">The kind of the entry, as it is called in messages.</param>
    public bool Clear(in Item item, in FileStat present, string whatFor)
    {
        if (deleter.Clear(item.Path, present))
            return item.Work.IsTouched = true;
        reception.Session.Say(MessageCode.ErrorXfer, $"could not make way for new {whatFor}: {Reception.Text(item.Path)}");
        return false;
    }
}
