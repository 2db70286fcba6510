using KOauth.Data;
using KOauth.Grants;
using KOauth.Hosting;

namespace KOauth.Admin;

/// <summary>The connections that can still refresh: what somebody cuts off who deletes or switches off something.</summary>
internal static class LiveConnections
{
    public static IQueryable<Grant> In(KOauthDb db, KOauthSettings settings, DateTimeOffset now) => LiveGrants.In(db, settings, now);

    /// <summary><c>3 live connections</c>.</summary>
    public static string Words(int count) => count == 1 ? "1 live connection" : $"{count} live connections";
}
