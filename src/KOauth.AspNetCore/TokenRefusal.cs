namespace KOauth.AspNetCore;

/// <summary>Why a request is not let in, as a value: what goes on the wire, and what only the owner's log says.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The RFC 6750 §3.1 error, or null when the client simply has not authenticated.</param>
/// <param name="Sentence">For the client; never contains anything the token said.</param>
/// <param name="Detail">For the log: expected and received.</param>
internal sealed record TokenRefusal(int Status, string? Error, string Sentence, string? Detail = null)
{
    public string ForTheLog => Detail is null ? Sentence : $"{Sentence} To be exact, {Detail}.";

    public static TokenRefusal BadRequest(string sentence) => new(400, "invalid_request", sentence);

    public static TokenRefusal InvalidToken(string sentence, string? detail = null) => new(401, "invalid_token", sentence, detail);

    /// <summary>RFC 9449 §7.1.</summary>
    public static TokenRefusal InvalidProof(string problem) => new(401, "invalid_dpop_proof", "The DPoP proof is not valid.", $"the proof: {problem}");

    /// <summary>
    /// No key was ever loaded, so good tokens cannot be told from bad ones. Calling them invalid would make clients throw away good
    /// ones and send people through a sign-in that cannot work either.
    /// </summary>
    public static readonly TokenRefusal NoKeysYet =
        new(503, "temporarily_unavailable", "The keys of the authorization server could not be loaded yet. Try again in a few seconds.");
}
