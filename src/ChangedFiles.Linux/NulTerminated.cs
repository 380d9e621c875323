using System.Runtime.CompilerServices;
using System.Runtime.InteropServices.Marshalling;

namespace ChangedFiles.Linux;

/// <summary>Passes bytes as a C string: copied to the caller's stack with a NUL behind, to the heap only when longer than a file name.</summary>
[CustomMarshaller(typeof(ReadOnlySpan<byte>), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
internal static class NulTerminated
{
    public unsafe ref struct In
    {
        private Span<byte> _buffer;

        /// <summary>NAME_MAX and the NUL.</summary>
        public static int BufferSize => 256;

        /// <exception cref="ArgumentException">A NUL is inside: the kernel would see another name.</exception>
        public void FromManaged(ReadOnlySpan<byte> managed, Span<byte> buffer)
        {
            if (managed.IndexOf((byte)0) >= 0)
                throw new ArgumentException("a name holds no NUL", nameof(managed));
            _buffer = managed.Length < buffer.Length ? buffer : GC.AllocateUninitializedArray<byte>(managed.Length + 1);
            managed.CopyTo(_buffer);
            _buffer[managed.Length] = 0;
        }

        public readonly ref byte GetPinnableReference() => ref _buffer.GetPinnableReference();

        // The generated code holds the pin on the reference above for the whole call.
        public readonly byte* ToUnmanaged() => (byte*)Unsafe.AsPointer(ref _buffer.GetPinnableReference());

        public readonly void Free()
        {
        }
    }
}
