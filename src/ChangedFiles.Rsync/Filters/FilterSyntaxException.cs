namespace ChangedFiles.Rsync.Filters;

/// <summary>A filter rule cannot be read, or a merge file that must be there is not. The message says which and why (exit code 1).</summary>
public sealed class FilterSyntaxException(string message) : FormatException(message);
