using System.Text;

namespace ChangedFiles.Engine.Rules.Import;

/// <summary>
/// Reads an incron table: lines of path, mask and command, where the command is run without a shell and holds
/// <c>$@</c> (watched directory), <c>$#</c> (name), <c>$%</c> and <c>$&amp;</c> (flags), <c>$$</c> (a dollar).
/// </summary>
public static class IncrontabImport
{
    private static readonly Dictionary<string, Operation> Masks = new()
    {
        ["IN_CLOSE_WRITE"] = Operation.OPENW,
        ["IN_CLOSE"] = Operation.OPENW,
        ["IN_MODIFY"] = Operation.OPENW | Operation.TRUNCATE,
        ["IN_ATTRIB"] = Operation.CHMOD | Operation.CHOWN | Operation.ATTRIB,
        ["IN_CREATE"] = Operation.CREATE | Operation.MKDIR | Operation.MKNOD | Operation.SYMLINK | Operation.LINK,
        ["IN_DELETE"] = Operation.UNLINK | Operation.RMDIR,
        ["IN_DELETE_SELF"] = Operation.UNLINK | Operation.RMDIR,
        ["IN_MOVED_TO"] = Operation.RENAME,
        ["IN_MOVED_FROM"] = Operation.UNLINK | Operation.RMDIR,
        ["IN_MOVE"] = Operation.RENAME | Operation.UNLINK | Operation.RMDIR,
        ["IN_MOVE_SELF"] = Operation.RENAME,
        ["IN_ALL_EVENTS"] = Operation.ANY,
    };

    // What the rules' own form of a mask does not say in full.
    private static readonly Dictionary<string, string> Notes = new()
    {
        ["IN_CLOSE"] = "IN_CLOSE: closing a file that was only read",
        ["IN_MODIFY"] = "IN_MODIFY: each single write; OPENW comes once, when the file is closed",
        ["IN_MOVED_FROM"] = "IN_MOVED_FROM: a move inside the tree is a RENAME; a move out of it is UNLINK or RMDIR",
        ["IN_ALL_EVENTS"] = "IN_ALL_EVENTS: reading and opening",
        ["IN_ONESHOT"] = "IN_ONESHOT: the rule stays",
    };

    private static readonly HashSet<string> Silent = ["IN_NO_LOOP", "IN_DONT_FOLLOW", "IN_ONLYDIR", "recursive=true", "dotdirs=false"];

    public static ImportedRules Import(string file, string content)
    {
        var rules = new ImportedRules.Builder(file);
        var number = 0;
        foreach (var line in content.Split('\n'))
        {
            number++;
            if (line.AsSpan().Trim() is [] or ['#', ..])
                continue;
            rules.Add("");
            var (path, rest) = Field(line.Trim());
            var (mask, command) = Field(rest);
            if (!path.StartsWith('/') || mask.Length == 0 || command.Length == 0)
                rules.LeaveOut(number, $"not a line of path, mask and command: {line.Trim()}");
            else
                AddRule(rules, number, path, mask.Split(','), command);
        }
        return rules.Build();
    }

    private static void AddRule(ImportedRules.Builder rules, int number, string path, string[] masks, string command)
    {
        var operations = Operation.None;
        foreach (var mask in masks)
        {
            if (Masks.TryGetValue(mask, out var operation))
                operations |= operation;
            else if (!Notes.ContainsKey(mask) && !Silent.Contains(mask) && mask is not ("recursive=false" or "dotdirs=true"))
                rules.LeaveOut(number, mask);
            if (Notes.TryGetValue(mask, out var note))
                rules.LeaveOut(number, note);
        }
        if (operations == Operation.None)
        {
            rules.LeaveOut(number, $"none of its events is an operation here: {path}");
            return;
        }
        var action = Command(rules, number, command);
        var directory = path.TrimEnd('/');
        var recursive = !masks.Contains("recursive=false");
        rules.Add($"RULE ^{ImportedRules.Escape(directory)}{(recursive ? "(/|$)" : "(/[^/]*)?$")}");
        if (recursive && !masks.Contains("dotdirs=true"))
            rules.Add($@"IGNORE ^{ImportedRules.Escape(directory)}/(.*/)?\.[^/]*/");
        rules.Add($"{operations.Spell()} EXEC {action}");
    }

    private static string Command(ImportedRules.Builder rules, int number, string command)
    {
        var text = new StringBuilder();
        for (var at = 0; at < command.Length; at++)
        {
            var pair = command.AsSpan(at, Math.Min(2, command.Length - at));
            if (command.AsSpan(at).StartsWith("$@/$#"))
            {
                text.Append("_FILE_");
                at += 4;
                continue;
            }
            var value = pair switch
            {
                "$@" => "_DIRNAME_",
                "$#" => "_BASENAME_",
                "$%" => "_OPERATION_",
                "$&" => "0",
                "$$" => "$",
                _ => null,
            };
            if (pair is "$%")
                rules.LeaveOut(number, "$%: _OPERATION_ gives this program's names, not IN_...");
            if (pair is "$&")
                rules.LeaveOut(number, "$&: there are no numeric flags");
            text.Append(value ?? command[at].ToString());
            at += value is null ? 0 : 1;
        }
        return text.ToString();
    }

    // Fields end at blanks; a blank that belongs to a path has a backslash before it.
    private static (string First, string Remainder) Field(string text)
    {
        var field = new StringBuilder();
        var at = 0;
        for (; at < text.Length && text[at] is not (' ' or '\t'); at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            field.Append(text[at]);
        }
        return (field.ToString(), text[at..].Trim());
    }
}
