using Microsoft.AspNetCore.Cors.Infrastructure;

namespace KOauth.OAuth;

/// <summary>
/// Which endpoints a page of another origin may call: those a client in a browser needs, for everybody and without credentials.
/// Never the authorization endpoint, pages, or anything that reads a cookie.
/// </summary>
internal static class Cors
{
    public const string Policy = "oauth";

    public static void Configure(CorsOptions options) => options.AddPolicy(Policy, policy => policy
        .AllowAnyOrigin()
        .WithMethods("GET", "POST")
        .WithHeaders("Authorization", "Content-Type", "MCP-Protocol-Version", "DPoP")
        .WithExposedHeaders("WWW-Authenticate", "DPoP-Nonce")
        .SetPreflightMaxAge(TimeSpan.FromHours(1)));
}
