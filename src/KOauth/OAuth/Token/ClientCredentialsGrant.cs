using KOauth.Clients;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>client_credentials</c> (RFC 6749 §4.4): a service gets a token in its own name. There is no person, so there is no row, no refresh
/// token and no scope that speaks of one; nothing is written. Only for clients that an administrator gave it to and that prove themselves.
/// </summary>
internal sealed class ClientCredentialsGrant(Audiences audiences) : IGrantType
{
    public string Name => GrantTypeNames.ClientCredentials;

    public async Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (client.IsPublic || client.IsSelfAsserted)
        {
            return new Refusal(Reasons.GrantTypeNotAllowed) { Detail = "Only a client that an administrator registered and that proves itself may act in its own name." };
        }

        if (!(await audiences.ChooseAsync(client, request.Resources, ScopeSet.Empty, ct)).Ok(out var audience, out var refusal))
        {
            return refusal;
        }

        story.Resource = audience.Value;
        if (NotNamed(client, audience) is { } notNamed)
        {
            return notNamed;
        }

        var asked = ScopeSet.Parse(request["scope"]);
        if (!ScopeChoice.Make(asked, audience, client, story).Ok(out var granted, out refusal))
        {
            return refusal;
        }

        var scopes = granted.Except(ScopeSet.Standard);
        if (scopes.Count == 0 && asked.Count > 0)
        {
            return new Refusal(Reasons.ScopeEmpty) { Expected = audience.DefaultScopes().ToString(), Detail = "A service has no person to sign in." };
        }

        story.Tell(StoryEvents.TokenIssuedToService, "A service got a token in its own name", ("scopes", scopes.ToString()));
        return new DecidedForClient(audience, scopes);
    }

    /// <summary>A resource for some people only is for a service only if an administrator named it for that service.</summary>
    private static Refusal? NotNamed(Client client, Audience audience) =>
        audience.Resource is { } resource && !AllowList.IsOpen(resource) && client.Resources is null
            ? new Refusal(Reasons.ResourceNotForClient)
            {
                Received = resource.Uri,
                Detail = "The resource is for some people only, so a service must be limited to it by name.",
                Fix = $"koauth client update {client.ClientId} --resources {resource.Uri}",
            }
            : null;
}
