namespace KOauth.Protocol;

/// <summary>Who may use what.</summary>
internal static partial class Reasons
{
    private const string NotAllowed = "The person is not among those who may use this resource.";

    public static readonly Reason UserNotAllowed = new("user_not_allowed", "access_denied",
        "The user may not use this resource.",
        "Your account may not use this server. Ask whoever runs it to let you in, or use another account.", NotAllowed);

    public static readonly Reason GrantNotAllowed = new("grant_not_allowed", "invalid_grant", RefreshWire, AppBroken, NotAllowed);
}
