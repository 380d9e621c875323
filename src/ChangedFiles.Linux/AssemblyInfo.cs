// All calls here take numbers and pointers only, so their stubs can be compiled ahead.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
