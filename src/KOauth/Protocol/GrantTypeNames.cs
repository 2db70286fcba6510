namespace KOauth.Protocol;

/// <summary>The values of <c>grant_type</c> and of a client's <c>grant_types</c> (RFC 7591 §2).</summary>
internal static class GrantTypeNames
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string ClientCredentials = "client_credentials";
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private const string UrnStem = "urn:ietf:params:oauth:grant-type:";

    public static readonly IReadOnlyList<string> All = [AuthorizationCode, RefreshToken, ClientCredentials, DeviceCode, TokenExchange, JwtBearer];

    /// <summary>As people type it: <c>device_code</c> for <see cref="DeviceCode"/>.</summary>
    public static string Short(string name) => name.StartsWith(UrnStem, StringComparison.Ordinal) ? name[UrnStem.Length..] : name;

    /// <summary>The name of what somebody typed, long or short; what is unknown as it is.</summary>
    public static string Long(string typed) => All.FirstOrDefault(name => Short(name) == typed) ?? typed;
}
