using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using ChangedFiles.Rsync.FileList;
using ChangedFiles.Rsync.Filters;
using ChangedFiles.Rsync.Options;
using ChangedFiles.Rsync.Wire;

namespace ChangedFiles.Rsync.Tests.FileList;

/// <summary>What a stock rsync, as the sending server, puts into its file lists.</summary>
internal static class StockSender
{
    private const int Protocol = 32;

    /// <param name="letters">Short options without the dash, in the order of docs/protocol.md 1.3, for example "logDtpr".</param>
    /// <param name="rules">Filter rules of the client.</param>
    /// <param name="words">Long options, ".", and the source arguments.</param>
    /// <returns>All lists until the last, with what was said meanwhile.</returns>
    public static (FileLists Lists, string Messages) Read(
        string program, string directory, string letters, FilterRules rules, FileListFormat format, params string[] words)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = directory, RedirectStandardInput = true };
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var capabilities = format.Incremental ? "iLsfxCIvu" : "LsfxCIvu";
        foreach (var word in (string[])["--server", "--sender", $"-{letters}e.{capabilities}", .. words])
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        using var connection = new Connection(
            ((AnonymousPipeClientStream)process.StandardOutput.BaseStream).SafePipeHandle,
            ((AnonymousPipeClientStream)process.StandardInput.BaseStream).SafePipeHandle)
        {
            Timeout = TimeSpan.FromSeconds(30),
        };
        var messages = new StringBuilder();
        var input = new FrameReader(connection) { OnMessage = (_, text) => messages.Append(Encoding.UTF8.GetString(text)) };
        SetUp(input, new FrameWriter(connection, input), rules);
        var lists = ReadAll(input, format);
        connection.Dispose();
        messages.Append(process.StandardError.ReadToEnd());
        process.WaitForExit();
        return (lists, messages.ToString());
    }

    private static void SetUp(FrameReader input, FrameWriter output, FilterRules rules)
    {
        output.WriteInt32(Protocol);
        output.Flush();
        input.ReadInt32();
        input.ReadVarint();
        output.WriteVstring("md5"u8);
        output.Flush();
        input.ReadVstring(255, "checksums");
        input.ReadInt32();
        input.StartMultiplexing();
        output.StartMultiplexing();
        foreach (var rule in rules.ToWire(FilterSide.Receiver))
        {
            output.WriteInt32(rule.Length);
            output.Write(rule);
        }
        output.WriteInt32(0);
        output.Flush();
    }

    private static FileLists ReadAll(FrameReader input, FileListFormat format)
    {
        var reader = new FileListReader(input, format, new ReceivedIds(new PreserveOptions { NumericIds = true }, mayChown: true));
        var lists = new FileLists(format.Incremental, receiving: true);
        reader.Read(lists);
        while (format.Incremental && input.ReadIndex() is not FileIndex.ListsEnd and var index)
            reader.Read(lists, FileIndex.ListOffset - index);
        return lists;
    }
}
