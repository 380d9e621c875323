namespace ChangedFiles.Rsync.Roles;

/// <summary>Runs a session, which waits in poll(2), apart from the threads that others wait for.</summary>
internal static class SessionThread
{
    public static Task<T> Run<T>(Func<T> session) =>
        Task.Factory.StartNew(session, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
