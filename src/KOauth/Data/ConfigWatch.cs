namespace KOauth.Data;

/// <summary>
/// Tells caches that clients, resources or keys changed: at once when this process changed them, within half a second when a
/// command or another node did (<see cref="ConfigPoll"/>). Caches drop what they hold on <see cref="Changed"/>.
/// </summary>
internal sealed class ConfigWatch
{
    private readonly Lock _lock = new();
    private long _version;

    /// <summary>Raised synchronously: a save returns only after everybody has forgotten what it changed.</summary>
    public event Action? Changed;

    public long Version => Volatile.Read(ref _version);

    public void Saw(long version)
    {
        lock (_lock)
        {
            if (version == _version)
            {
                return;
            }

            // Not "higher": after a restore the number may be lower, and everything is different.
            Volatile.Write(ref _version, version);
        }

        Changed?.Invoke();
    }
}
