namespace KOauth.Keys;

/// <summary>The algorithms KOauth signs with (RFC 7518 §3.1), and no others.</summary>
internal static class SigningAlgorithms
{
    /// <summary>Access tokens: small and quick.</summary>
    public const string ES256 = "ES256";

    /// <summary>ID tokens, because relying parties assume it (OpenID Connect Core §15.1).</summary>
    public const string RS256 = "RS256";

    public static readonly IReadOnlyList<string> All = [ES256, RS256];
}
