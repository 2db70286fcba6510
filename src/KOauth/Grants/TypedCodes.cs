using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;

namespace KOauth.Grants;

/// <summary>Finds the device under a code that a person typed, and slows down whoever guesses (RFC 8628 §5.1).</summary>
internal sealed class TypedCodes(DeviceCodes devices, SignInLimits limits, KOauthSettings settings) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>One at a time: fifty guesses sent at once do not all pass before the first is counted.</summary>
    private readonly SemaphoreSlim _oneByOne = new(1);

    public async Task<Outcome<DeviceCode>> FindAsync(string userCode, SignedIn? person, HttpContext http, CancellationToken ct)
    {
        if (!await _oneByOne.WaitAsync(_patience, ct))
        {
            return new Refusal(Reasons.UserCodeThrottled) { RetryAfter = _patience };
        }

        try
        {
            var counts = limits.CountsForUserCode(person?.UserId, ClientNetwork.Of(http, settings));
            var wait = await limits.WaitAsync(counts, ct);
            if (wait > TimeSpan.Zero)
            {
                return new Refusal(Reasons.UserCodeThrottled) { RetryAfter = wait };
            }

            if (await devices.FindWaitingAsync(userCode, ct) is { } device)
            {
                return device;
            }

            await limits.FailedAsync(counts, ct);
            return Reasons.UserCodeUnknown;
        }
        finally
        {
            _oneByOne.Release();
        }
    }

    public void Dispose() => _oneByOne.Dispose();
}
