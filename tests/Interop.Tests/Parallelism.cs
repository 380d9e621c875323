using Xunit;

// Most of the time the tests wait for other programs: twice as many as CI has processors.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
