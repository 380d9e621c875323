using ChangedFiles.Rsync.Delta;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;
using static ChangedFiles.Rsync.FileList.EntryFlags;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>The other end, which negotiates as it should and then says what a test wants it to say.</summary>
internal sealed class ScriptedPeer
{
    public const uint File = 0x81A4, Directory = 0x41ED, Link = 0xA1FF;

    private readonly HostileRole _role;

    private ScriptedPeer(HostileRole role, Session session) => (_role, Session) = (role, session);

    public Session Session { get; }

    public bool IsIncremental => Session.Terms.Has(CompatFlags.IncrementalRecursion);

    /// <summary>What was asked of each file so far.</summary>
    public List<SumHead> Asked { get; } = [];

    /// <summary>The list that was received.</summary>
    public Rsync.FileList.FileList? List { get; set; }

    public FrameWriter Out => Session.Writer;

    public FrameReader In => Session.Reader;

    /// <summary>Opens the session with an end of ours.</summary>
    public static ScriptedPeer Open(Connection connection, HostileRole role) => new(role, role.OpenPeer(connection));

    /// <summary>Reads the list of an end that sends.</summary>
    public void ReadList()
    {
        var format = FileListFormats.Of(Session.Terms, _role.Transfer);
        List = new FileListReader(In, format, new ReceivedIds(_role.Transfer.Preserve, mayChown: false)).Read(new FileLists(IsIncremental, receiving: true));
    }

    /// <summary>An entry of a list with <c>-rlpt</c>, whatever its name is.</summary>
    public void Entry(string name, uint mode, long length = 0, string? target = null) => Entry(System.Text.Encoding.Latin1.GetBytes(name), mode, length, target);

    public void Entry(ReadOnlySpan<byte> name, uint mode, long length = 0, string? target = null)
    {
        Name(name, mode == Directory ? XMIT_TOP_DIR : 0);
        Attributes(mode, length, target);
    }

    /// <summary>A file that is the first of several names (<c>-H</c>).</summary>
    public void FirstLink(string name, long length, uint mode = File)
    {
        Name(System.Text.Encoding.Latin1.GetBytes(name), XMIT_HLINKED | XMIT_HLINK_FIRST);
        Attributes(mode, length, null);
    }

    /// <summary>Another name of the file at an index.</summary>
    public void NextLink(string name, int first)
    {
        Name(System.Text.Encoding.Latin1.GetBytes(name), XMIT_HLINKED);
        Out.WriteVarint(first);
    }

    private void Name(ReadOnlySpan<byte> name, int flags)
    {
        Out.WriteVarint(XMIT_LONG_NAME | flags);
        Out.WriteVarint(name.Length);
        Out.Write(name);
    }

    private void Attributes(uint mode, long length, string? target)
    {
        Out.WriteVarlong(length, 3);
        Out.WriteVarlong(1_000_000_000, 4);
        Out.WriteInt32((int)mode);
        if (target is null)
            return;
        Out.WriteVarint(target.Length);
        Out.Write(System.Text.Encoding.Latin1.GetBytes(target));
    }

    /// <summary>The end of a list.</summary>
    public void EndList()
    {
        Out.WriteVarint(0);
        Out.WriteVarint(0);
        Out.Flush();
    }

    /// <summary>Answers all requests with a content until the client says that the phase is over.</summary>
    public void AnswerAll(byte[] content, bool rightDigest = true)
    {
        using var digest = Rsync.Checksums.StrongHash.Create(Session.Terms.TransferChecksum);
        while (In.ReadIndex() is >= 0 and var index)
        {
            var request = SenderRequest.Read(In, index);
            if (!request.WantsData)
                continue;
            request = request.ReadSums(In, digest.DigestLength, withSums: _role.Transfer.Writing.Append == Rsync.Options.AppendMode.None);
            Asked.Add(request.Head);
            Answer(request, content, digest, rightDigest);
        }
        Out.WriteIndex(FileIndex.Done);
        Out.Flush();
    }

    /// <summary>Begins to answer the first request, and goes away in the middle; without one, when the phase is over.</summary>
    /// <param name="token">What it says last.</param>
    public void BreakOff(byte[] begin, int? token = null)
    {
        int index;
        SenderRequest request;
        do
        {
            index = In.ReadIndex();
            if (index < 0)
            {
                Session.Finish();
                return;
            }
            request = SenderRequest.Read(In, index);
        }
        while (!request.WantsData);
        request = request.ReadSums(In, Rsync.Checksums.Checksum.DigestLength(Session.Terms.TransferChecksum), withSums: true);
        Begin(request, begin);
        if (token is { } last)
        {
            Out.WriteInt32(last);
            Out.Write(new byte[100]);
        }
        Out.Flush();
        Session.Finish();
    }

    private void Answer(SenderRequest request, byte[] content, Rsync.Checksums.StrongHash digest, bool rightDigest)
    {
        Begin(request, content);
        Out.WriteInt32(0);
        digest.Append(content);
        var sum = new byte[digest.DigestLength];
        digest.Finish(sum);
        sum[0] ^= (byte)(rightDigest ? 0 : 1);
        Out.Write(sum);
        Out.Flush();
    }

    private void Begin(SenderRequest request, byte[] content)
    {
        request.Echo(Out);
        request.EchoHead(Out);
        Out.WriteInt32(content.Length);
        Out.Write(content);
    }
}
