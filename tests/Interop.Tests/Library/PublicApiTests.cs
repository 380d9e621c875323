using System.Reflection;
using System.Text;
using ChangedFiles.Rsync.Roles;
using ChangedFiles.TestKit;
using Xunit;

namespace ChangedFiles.Interop.Tests.Library;

/// <summary>What programs call does not change by accident. CHANGEDFILES_UPDATE_API=1 writes the list anew.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_public_members_of_the_library_are_those_in_the_list()
    {
        var path = Repository.PathOf("tests/Interop.Tests/Library/PublicApi.txt");
        var now = List();
        if (Environment.GetEnvironmentVariable("CHANGEDFILES_UPDATE_API") == "1")
            File.WriteAllText(path, now);
        Assert.Equal(File.ReadAllText(path), now);
    }

    private static string List()
    {
        var text = new StringBuilder();
        var types = typeof(RsyncClient).Assembly.GetExportedTypes();
        foreach (var type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            var members = type.GetMembers(Declared).Where(IsWritten).Select(member => $"    {member}\n");
            text.AppendJoin("", members.Order(StringComparer.Ordinal));
        }
        return text.ToString();
    }

    /// <summary>Not accessors, and not what the compiler adds to a record.</summary>
    private static bool IsWritten(MemberInfo member) =>
        member is not MethodBase { IsSpecialName: true, IsConstructor: false }
        && member.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null
        && !member.Name.StartsWith('<')
        && member.Name is not ("Deconstruct" or "ToString" or "Equals" or "GetHashCode");
}
