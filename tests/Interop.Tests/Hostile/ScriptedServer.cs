using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.Rsync.Sessions;
using ChangedFiles.Rsync.Wire;
using static ChangedFiles.Rsync.FileList.EntryFlags;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>A server that negotiates as it should and then says what a test wants it to say.</summary>
internal sealed class ScriptedServer
{
    public const uint File = 0x81A4, Directory = 0x41ED, Link = 0xA1FF;

    private ScriptedServer(Session session) => Session = session;

    public Session Session { get; }

    /// <summary>The list that a client has sent.</summary>
    public Rsync.FileList.FileList? List { get; set; }

    public FrameWriter Out => Session.Writer;

    public FrameReader In => Session.Reader;

    /// <summary>Opens the session with a client of ours, and takes its filter rules.</summary>
    public static ScriptedServer Open(Connection connection, HostileRole client)
    {
        var request = ServerRequest.Parse(client.ServerWords("/peer"));
        var session = new ServerSetup(connection).Open(request);
        FilterExchange.Read(session.Reader, new FilterRulesBuilder(), request.Options, request.Sender);
        return new ScriptedServer(session);
    }

    /// <summary>An entry of a list with <c>-rlpt</c>, whatever its name is.</summary>
    public void Entry(string name, uint mode, long length = 0, string? target = null) => Entry(System.Text.Encoding.Latin1.GetBytes(name), mode, length, target);

    public void Entry(ReadOnlySpan<byte> name, uint mode, long length = 0, string? target = null)
    {
        Out.WriteVarint(XMIT_LONG_NAME | (mode == Directory ? XMIT_TOP_DIR : 0));
        Out.WriteVarint(name.Length);
        Out.Write(name);
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
            request = request.ReadSums(In, digest.DigestLength, withSums: true);
            Answer(request, content, digest, rightDigest);
        }
        Out.WriteIndex(FileIndex.Done);
        Out.Flush();
    }

    private void Answer(SenderRequest request, byte[] content, Rsync.Checksums.StrongHash digest, bool rightDigest)
    {
        request.Echo(Out);
        request.EchoHead(Out);
        Out.WriteInt32(content.Length);
        Out.Write(content);
        Out.WriteInt32(0);
        digest.Append(content);
        var sum = new byte[digest.DigestLength];
        digest.Finish(sum);
        sum[0] ^= (byte)(rightDigest ? 0 : 1);
        Out.Write(sum);
        Out.Flush();
    }
}
