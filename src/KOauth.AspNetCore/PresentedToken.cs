namespace KOauth.AspNetCore;

/// <summary>An access token as a request carries it.</summary>
/// <param name="Text">The token.</param>
/// <param name="IsDPoP">Whether it came under the scheme DPoP (RFC 9449 §7.1), not Bearer.</param>
internal sealed record PresentedToken(string Text, bool IsDPoP);
