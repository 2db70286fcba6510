using KOauth.Hosting;
using KOauth.Keys;

namespace KOauth.Admin.Keys;

/// <summary>A signing key as the command line and the API show it; nothing of the private half.</summary>
/// <param name="Kid">As tokens and the published set name it.</param>
/// <param name="Algorithm">ES256 signs access tokens, RS256 ID tokens.</param>
/// <param name="State"><c>signs</c>, <c>next</c>, <c>retired</c>, <c>gone</c> or <c>revoked</c>.</param>
/// <param name="ActiveFrom">From then on it signs.</param>
/// <param name="RetiredAt">From then on it signs no more.</param>
/// <param name="PublishedUntil">When the last token it signed has expired.</param>
/// <param name="RevokedAt">When somebody took it out of use.</param>
internal sealed record KeyView(
    string Kid,
    string Algorithm,
    string State,
    DateTimeOffset ActiveFrom,
    DateTimeOffset? RetiredAt,
    DateTimeOffset? PublishedUntil,
    DateTimeOffset? RevokedAt)
{
    public static IReadOnlyList<KeyView> All(IReadOnlyList<SigningKey> rows, KOauthSettings settings, DateTimeOffset now) =>
    [
        .. rows.OrderBy(k => k.Algorithm, StringComparer.Ordinal).ThenByDescending(k => k.ActiveFrom)
            .Select(key => Of(key, new KeySchedule(rows, key.Algorithm, now), settings, now)),
    ];

    public string Sentence => State switch
    {
        "signs" => RetiredAt is null ? "signs" : $"signs until {Sheet.Day(RetiredAt)}",
        "next" => $"published, signs from {Sheet.Day(ActiveFrom)}",
        "retired" => $"published until {Sheet.Day(PublishedUntil)}",
        "revoked" => $"revoked {Sheet.Day(RevokedAt)}",
        _ => $"retired {Sheet.Day(RetiredAt)}",
    };

    private static KeyView Of(SigningKey key, KeySchedule schedule, KOauthSettings settings, DateTimeOffset now)
    {
        var until = key.RevokedAt ?? (key.RetiredAt is null ? null : Jwks.UnpublishedAt(key.RetiredAt, settings));
        var state = key.RevokedAt is not null ? "revoked"
            : key == schedule.Signer ? "signs"
            : key == schedule.Next ? "next"
            : until <= now ? "gone"
            : "retired";
        return new KeyView(key.Kid, key.Algorithm, state, key.ActiveFrom, key.RetiredAt, until, key.RevokedAt);
    }
}
