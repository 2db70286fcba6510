namespace KOauth.People;

/// <summary>Wrong passwords counted for an account or a network, kept in the database so that a restart forgives nobody.</summary>
internal sealed class SignInAttempts
{
    /// <summary>SHA-256 of what is counted: <c>account:…</c>, <c>network:…</c> or <c>browser:…</c>.</summary>
    public required byte[] Key { get; set; }

    public int Failures { get; set; }

    public DateTimeOffset LastFailureAt { get; set; }
}
