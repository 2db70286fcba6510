namespace KOauth.People;

/// <summary>Who is signed in at this browser.</summary>
internal sealed record SignedIn(Guid UserId, string Email, string? Name, bool IsAdmin, int UserEpoch, DateTimeOffset AuthenticatedAt);
