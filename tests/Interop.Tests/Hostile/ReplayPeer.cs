using System.Net.Sockets;

namespace ChangedFiles.Interop.Tests.Hostile;

/// <summary>Says what a peer said in a recorded session, each piece when it has heard as much as the peer had.</summary>
/// <param name="patience">The silence after which it goes on without having heard enough: what it said was not understood.</param>
internal sealed class ReplayPeer(Recording recording, IEnumerable<RecordedPiece> pieces, TimeSpan patience)
{
    public void Talk(Socket socket)
    {
        var counter = new StreamCounter(recording.RawLength);
        var buffer = new byte[64 << 10];
        foreach (var piece in pieces)
        {
            while (counter.Heard < piece.Heard && socket.Poll(patience, SelectMode.SelectRead))
            {
                var read = socket.Receive(buffer);
                if (read == 0)
                    return;
                counter.Take(buffer.AsSpan(0, read));
            }
            if (piece.Sent.Length > 0)
                socket.Send(piece.Sent);
        }
    }
}
