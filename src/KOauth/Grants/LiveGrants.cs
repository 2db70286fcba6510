using KOauth.Data;
using KOauth.Hosting;

namespace KOauth.Grants;

/// <summary>The connections that can still refresh.</summary>
internal static class LiveGrants
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
}
