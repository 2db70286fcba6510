using KOauth.Data;
using KOauth.Grants;
using KOauth.Hosting;

namespace KOauth.Admin;

/// <summary>The connections that can still refresh: what somebody cuts off who deletes or switches off something.</summary>
internal static class LiveConnections
{
    public static IQueryable<Grant> In(KOauthDb db, KOauthSettings settings, DateTimeOffset now)
    {
        var idleSince = now - settings.RefreshTokenIdle;
        return from grant in db.Grants
               join user in db.Users on grant.UserId equals user.Id
               join client in db.Clients on grant.ClientKey equals client.Key
               where grant.EndedAt == null && grant.ExpiresAt > now && grant.LastUsedAt > idleSince
                   && !user.IsDisabled && grant.UserEpoch == user.Epoch && grant.ClientEpoch == client.Epoch
                   && db.Store.Any(store => store.Epoch == grant.StoreEpoch)
                   && !db.Links.Any(link => link.UserId == grant.UserId && link.ClientKey == grant.ClientKey && link.Epoch != grant.LinkEpoch)
               select grant;
    }

    /// <summary><c>3 live connections</c>.</summary>
    public static string Words(int count) => count == 1 ? "1 live connection" : $"{count} live connections";
}
