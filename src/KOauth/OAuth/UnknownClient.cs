using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.OAuth;

/// <summary>
/// The refusal for an id nobody has. People paste the secret into the id field, so the id itself is never kept; the owner is told
/// the nearest known one.
/// </summary>
internal static class UnknownClient
{
    public static async ValueTask<Refusal> ExplainAsync(ClientDirectory clients, string id, CancellationToken ct)
    {
        if (id.StartsWith("kos_", StringComparison.Ordinal))
        {
            return new Refusal(Reasons.SecretAsClientId);
        }

        var nearest = await clients.NearestAsync(id, ct);
        return new Refusal(Reasons.ClientUnknown)
        {
            Expected = nearest,
            Detail = nearest is null ? null : $"No such client; nearest: {nearest}.",
            Fix = nearest is null ? "koauth client register" : $"koauth client show {nearest}",
        };
    }
}
