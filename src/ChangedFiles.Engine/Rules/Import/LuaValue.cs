namespace ChangedFiles.Engine.Rules.Import;

/// <summary>A value in a Lua configuration, as far as it can be told without running it.</summary>
internal abstract record LuaValue(int Line);

internal sealed record LuaText(int Line, string Text) : LuaValue(Line);

internal sealed record LuaNumber(int Line, double Number) : LuaValue(Line);

internal sealed record LuaBoolean(int Line, bool Value) : LuaValue(Line);

/// <summary>A name that was never given a value here: <c>default.rsync</c>.</summary>
internal sealed record LuaName(int Line, string Name) : LuaValue(Line);

/// <summary>A function, a calculation: known only to Lua.</summary>
internal sealed record LuaCode(int Line) : LuaValue(Line);

internal sealed record LuaTable(int Line, IReadOnlyList<LuaValue> Items, IReadOnlyList<(string Key, LuaValue Value)> Fields)
    : LuaValue(Line)
{
    public LuaValue? this[string key] => Fields.LastOrDefault(f => f.Key == key).Value;
}
