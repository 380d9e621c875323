using System.Net.Sockets;
using System.Text;

namespace ChangedFiles.Engine.Monitoring;

/// <summary>
/// Answers other processes of the same user on a Unix socket, one question a connection: a line of words separated by tabs comes in, one line of
/// JSON goes out.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    /// <summary>Longest question in bytes: a verb and a path or two.</summary>
    private const int LongestQuestion = 16 * 1024;
    private const int Backlog = 16;

    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly Func<string[], Func<bool>, string> _answer;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <param name="answer">Gives the answer to the words of a question, and may take its time until its second argument says that nobody waits.</param>
    /// <exception cref="IOException">There is no place for the socket.</exception>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public ControlSocket(Func<string[], Func<bool>, string> answer)
    {
        (_answer, _path) = (answer, ControlDirectory.Claim());
        // Under its name only when somebody listens: one where nobody does is taken for what a killed process left. (Such a one may have this id.)
        var making = _path + ".new";
        File.Delete(making);
        _listener.Bind(new UnixDomainSocketEndPoint(making));
        File.SetUnixFileMode(making, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(Backlog);
        File.Move(making, _path, overwrite: true);
        Background(Accept);
    }

    /// <summary>Asks the process behind a socket. Null when nobody is there any more; the socket is removed then.</summary>
    public static string? Ask(string path, params string[] words)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(Encoding.UTF8.GetBytes(string.Join('\t', words) + "\n"));
            using var reader = new StreamReader(new NetworkStream(socket));
            return reader.ReadLine();
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return null;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.Accept();
                Background(() => Serve(client));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private void Serve(Socket client)
    {
        using (client)
        {
            try
            {
                client.ReceiveTimeout = (int)QuestionTime.TotalMilliseconds;
                if (Read(client) is { } question)
                    client.Send(Encoding.UTF8.GetBytes(_answer(question.Split('\t'), () => HasGone(client)) + "\n"));
            }
            catch (SocketException)
            {
                // Whoever asked has gone.
            }
        }
    }

    private static string? Read(Socket client)
    {
        var buffer = new byte[LongestQuestion];
        for (var length = 0; length < buffer.Length;)
        {
            var read = client.Receive(buffer.AsSpan(length));
            if (read == 0)
                return null;
            length += read;
            if (buffer[length - 1] == '\n')
                return Encoding.UTF8.GetString(buffer, 0, length - 1);
        }
        return null;
    }

    private static bool HasGone(Socket client) => client.Poll(TimeSpan.Zero, SelectMode.SelectRead) && client.Available == 0;

    private static void Background(Action body) => new Thread(() => body()) { IsBackground = true, Name = "control" }.Start();
}
