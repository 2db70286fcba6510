using System.Buffers.Text;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>urn:ietf:params:oauth:grant-type:jwt-bearer</c> (RFC 7523) with an ID-JAG: an identity provider that this server trusts vouches
/// for the person and the client, and nobody is asked. The grant's id follows from the assertion, so that its one insert is also
/// what finds a replay, on every node (docs/decisions/0018-assertions.md). No refresh token: the provider decides every time.
/// </summary>
internal sealed class JwtBearerGrant(
    ILedger ledger, Assertions assertions, LinkedIdentities identities, Audiences audiences, Access access, SourceTags sources, KeyRing keys,
    KOauthSettings settings, TimeProvider clock) : IGrantType
{
    public string Name => GrantTypeNames.JwtBearer;

    public bool IsOn => settings.AssertionIssuers.Count > 0;

    public async Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (request["assertion"] is not { } text)
        {
            return new Refusal(Reasons.ParameterMissing) { Expected = "assertion" };
        }

        // The provider stamps a client id that was agreed on; whoever registered itself was agreed on by nobody.
        if (client.Origin == ClientOrigin.Registration)
        {
            return new Refusal(Reasons.GrantTypeNotAllowed) { Detail = "The client registered itself." };
        }

        if (!(await assertions.CheckAsync(text, client, ct)).Ok(out var assertion, out var refusal)
            || !(await FindUserAsync(assertion, story, ct)).Ok(out var user, out refusal)
            || !(await FindAudienceAsync(assertion, client, story, ct)).Ok(out var audience, out refusal))
        {
            return refusal;
        }

        if (!await audiences.IsSameAsync(request.Resources, audience, ct))
        {
            return new Refusal(Reasons.ResourceDiffers) { Expected = audience.Value, Received = string.Join(' ', request.Resources) };
        }

        if (await access.CheckAsync(user.Id, audience, ct) is { } notAllowed)
        {
            return notAllowed;
        }

        if (assertion.Thumbprint is { } bound && (request.ProvedKey is null || Base64Url.EncodeToString(request.ProvedKey) != bound))
        {
            return new Refusal(Reasons.AssertionOfAnotherKey) { Received = request.ProvedKey is null ? "no DPoP proof" : "another key" };
        }

        var scopes = ScopesOf(assertion, request, client, audience);
        if (scopes.Count == 0 && (request["scope"] is not null || assertion.Scopes is { Count: > 0 }))
        {
            return new Refusal(Reasons.ScopeEmpty) { Expected = audience.DefaultScopes().ToString(), Received = request["scope"] ?? assertion.Scopes!.ToString() };
        }

        var redeemed = await ledger.RedeemAsync(await RowAsync(assertion, user, client, audience, scopes, request, story, ct), ct);
        if (!redeemed.Ok(out var grant, out refusal))
        {
            return refusal.Reason == Reasons.CodeUsed ? new Refusal(Reasons.AssertionReplayed) { Received = assertion.Issuer } : refusal;
        }

        story.Tell(StoryEvents.AssertionAccepted, "An identity provider's assertion was accepted", ("issuer", assertion.Issuer), ("scopes", scopes.ToString()));
        return new DecidedGrant(grant, audience, scopes);
    }

    private async Task<Outcome<User>> FindUserAsync(IdentityAssertion assertion, Story story, CancellationToken ct)
    {
        if (await identities.FindAsync(assertion.Issuer, assertion.Subject, ct) is not { } user)
        {
            return new Refusal(Reasons.AssertionSubjectUnknown)
            {
                Received = assertion.Subject,
                Fix = $"koauth user update EMAIL --link-issuer {assertion.Issuer} --link-subject {(IsPlain(assertion.Subject) ? assertion.Subject : "SUBJECT")}",
            };
        }

        story.User = user.Email;
        return user.IsDisabled ? new Refusal(Reasons.AssertionUserDisabled) { Fix = $"koauth user update {user.Email} --active" } : user;
    }

    private async Task<Outcome<Audience>> FindAudienceAsync(IdentityAssertion assertion, Client client, Story story, CancellationToken ct)
    {
        if (!(await audiences.ChooseAsync(client, [assertion.Resource], ScopeSet.Empty, ct)).Ok(out var audience, out var refusal))
        {
            return refusal with { Reason = Reasons.AssertionResource, Detail = refusal.Detail ?? refusal.Reason.Owner };
        }

        story.Resource = audience.Value;
        return audience;
    }

    // Somebody pastes the command into a shell.
    private static bool IsPlain(string subject) => subject.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ':');

    /// <summary>What provider, client, request and resource all allow; never <c>openid</c> and its like, for nobody signed in here.</summary>
    private static ScopeSet ScopesOf(IdentityAssertion assertion, OAuthForm request, Client client, Audience audience)
    {
        var all = audience.Scopes.Except(ScopeSet.Standard);
        var allowed = (assertion.Scopes ?? audience.DefaultScopes()).Intersect(client.Scopes is null ? all : all.Intersect(ScopeSet.Of(client.Scopes)));
        return request["scope"] is { } asked ? allowed.Intersect(ScopeSet.Parse(asked)) : allowed;
    }

    private async Task<Grant> RowAsync(
        IdentityAssertion assertion, User user, Client client, Audience audience, ScopeSet scopes, OAuthForm request, Story story, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return new Grant
        {
            Id = assertion.GrantId,
            UserId = user.Id,
            ClientKey = client.Key,
            ResourceKey = audience.Key,
            Scopes = scopes.ToString(),
            CreatedAt = now,
            ExpiresAt = now + settings.AccessTokenLifetime,
            LastUsedAt = now,
            AuthenticatedAt = assertion.AuthenticatedAt ?? assertion.IssuedAt,
            Generation = 0,
            Recent = [],
            RedeemedBy = sources.Of(request.Address),
            UserEpoch = user.Epoch,
            ClientEpoch = client.Epoch,
            LinkEpoch = await ledger.FindLinkEpochAsync(user.Id, client.Key, ct),
            StoreEpoch = keys.StoreEpoch,
            Binding = client.IsPublic ? request.ProvedKey : null,
            Story = story.Reference,
        };
    }
}
