namespace KOauth.Keys;

/// <summary>A signing key. The private part is wrapped by the master key; the public part is what JWKS publishes.</summary>
internal sealed class SigningKey
{
    public required string Kid { get; set; }

    /// <summary><c>ES256</c> or <c>RS256</c>.</summary>
    public required string Algorithm { get; set; }

    /// <summary>PKCS#8, sealed under the master key.</summary>
    public required byte[] WrappedPrivateKey { get; set; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From then on it signs; it is published before.</summary>
    public DateTimeOffset ActiveFrom { get; set; }

    /// <summary>From then on it signs no more; it stays published until the last token it signed has expired.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    /// <summary>From then on it is published no more, whatever it signed: the key may have leaked.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>What the wrapping authenticates besides the key.</summary>
    public string WrappingId => $"{Algorithm}:{Kid}";
}
