using System.Globalization;
using Xunit;

namespace ChangedFiles.TestKit;

/// <summary>A real sshd on 127.0.0.1 for the user of the tests, with host key and user key of its own.</summary>
public sealed class Sshd : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ServerProcess _server;

    /// <summary>Starts it. Skips the test where there is no sshd, or where this user cannot log in.</summary>
    public Sshd()
    {
        Privileges.NeedsProgram("sshd");
        Privileges.NeedsProgram("ssh");
        if (Privileges.IsRoot)
            Directory.CreateDirectory("/run/sshd");
        MakeKey("host_key");
        MakeKey("user_key");
        WriteServerConfiguration();
        (_server, Port) = LoopbackPort.Start(Launch);
        WriteClientConfiguration();
        var login = TestKit.Command.Run("ssh", "-F", ConfigurationPath, Host, "true");
        if (login.ExitCode != 0)
            Dispose();
        Assert.SkipWhen(login.ExitCode != 0, $"needs a user that sshd lets in: {login.Error}");
    }

    public int Port { get; }

    /// <summary>What to write before the colon of <c>host:path</c>.</summary>
    public string Host => "loopback";

    /// <summary>For rsync's <c>-e</c>.</summary>
    public string Command => $"ssh -F {ConfigurationPath}";

    /// <summary>The client's configuration: keys, port, known host.</summary>
    public string ConfigurationPath => _directory["ssh_config"];

    public string Log => _server.Log;

    /// <summary>Kills the server and every session in the middle of whatever they do.</summary>
    public void Kill() => _server.Dispose();

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    private ServerProcess Launch(int port) =>
        new(_directory["log"], TestKit.Command.Find("sshd")!, "-D", "-e", "-f", _directory["sshd_config"], "-p", Text(port));

    private void MakeKey(string name) => TestKit.Command.Check("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _directory[name]);

    // A home without anything in it: what the user's shell does at a login is not the tests' business, and may take long.
    private void WriteServerConfiguration() => _directory.Write("sshd_config",
        $"""
        ListenAddress 127.0.0.1
        HostKey {_directory["host_key"]}
        PidFile {_directory["pid"]}
        AuthorizedKeysFile {_directory["user_key.pub"]}
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin prohibit-password
        PrintMotd no
        MaxStartups 100
        SetEnv HOME={_directory.Path}
        """ + "\n");

    private void WriteClientConfiguration()
    {
        _directory.Write("known_hosts", $"[127.0.0.1]:{Text(Port)} {_directory.Read("host_key.pub")}");
        _directory.Write("ssh_config",
            $"""
            Host {Host}
            HostName 127.0.0.1
            Port {Text(Port)}
            User {Environment.UserName}
            IdentityFile {_directory["user_key"]}
            IdentitiesOnly yes
            UserKnownHostsFile {_directory["known_hosts"]}
            StrictHostKeyChecking yes
            BatchMode yes
            LogLevel ERROR
            """ + "\n");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
