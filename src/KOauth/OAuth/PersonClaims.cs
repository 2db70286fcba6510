using KOauth.Data;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.OAuth;

/// <summary>What is told about a person, by scope (OpenID Connect Core §5.4); the same in ID tokens and at userinfo.</summary>
internal sealed class PersonClaims(IDbContextFactory<KOauthDb> databases)
{
    public async Task AddToAsync(Dictionary<string, object> claims, Guid userId, ScopeSet scopes, CancellationToken ct)
    {
        if (!scopes.Contains(ScopeSet.Email) && !scopes.Contains(ScopeSet.Profile))
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var person = await db.Users.AsNoTracking().SingleAsync(u => u.Id == userId, ct);
        if (scopes.Contains(ScopeSet.Email))
        {
            claims["email"] = person.Email!;
            claims["email_verified"] = person.EmailConfirmed;
        }

        if (scopes.Contains(ScopeSet.Profile) && person.DisplayName is { } name)
        {
            claims["name"] = name;
        }
    }
}
