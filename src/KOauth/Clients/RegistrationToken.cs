namespace KOauth.Clients;

/// <summary>
/// An initial access token (RFC 7591 §3): whoever has it may register a client while registration is closed to others. 256 random
/// bits, kept as a hash.
/// </summary>
internal sealed class RegistrationToken
{
    public required byte[] Hash { get; set; }

    /// <summary>For lists, so that an owner knows which it is.</summary>
    public required string LastFour { get; set; }

    /// <summary>How many more clients it registers.</summary>
    public int UsesLeft { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
