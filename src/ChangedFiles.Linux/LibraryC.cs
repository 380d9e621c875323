using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChangedFiles.Linux;

/// <summary>
/// Where the functions of the C library come from: as for any other program, from what LD_PRELOAD put before it (fakeroot, faketime, …) and
/// then from itself. The runtime would only look into the library.
/// </summary>
internal static class LibraryC
{
#pragma warning disable CA2255 // It has to be known before the first call, whichever that is.
    [ModuleInitializer]
    internal static void UseWhatIsLoaded() => NativeLibrary.SetDllImportResolver(
        typeof(LibraryC).Assembly, static (name, _, _) => name == "libc" ? NativeLibrary.GetMainProgramHandle() : 0);
#pragma warning restore CA2255
}
