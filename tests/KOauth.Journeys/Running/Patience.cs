namespace KOauth.Journeys.Running;

/// <summary>How long to wait for what takes a moment on an idle machine: long enough for a busy one.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    /// <summary>For one answer of a browser about its page; afterwards it is asked again.</summary>
    public static readonly TimeSpan OneAnswer = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Ends with the test, or when patience does.</summary>
    public static CancellationTokenSource Begin(CancellationToken test)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(test);
        patience.CancelAfter(Long);
        return patience;
    }
}
