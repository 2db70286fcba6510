using System.Globalization;
using System.Text;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Grants.DPoP;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Authorize;

/// <summary>Who asks, and where the answer goes: both checked against each other.</summary>
internal sealed record Caller(Client Client, RedirectUri RedirectUri);

/// <summary>The checks of an authorization request, in the order that decides who is told.</summary>
internal sealed class AuthorizeCheck(
    ClientDirectory clients, Audiences audiences, BrowserCookie browser, Randomness randomness, TimeProvider clock)
{
    /// <summary>What must hold before anything may be sent to the redirect URI.</summary>
    public async ValueTask<Outcome<Caller>> ClientAndRedirectAsync(AuthorizeRequest request, Story story, CancellationToken ct)
    {
        if (request["client_id"] is not { } id)
        {
            return Reasons.ClientIdMissing;
        }

        if (await clients.FindAsync(id, ct) is not { } client)
        {
            return await UnknownClient.ExplainAsync(clients, id, ct);
        }

        story.ClientId = client.ClientId;
        if (!client.Active)
        {
            return new Refusal(Reasons.ClientInactive) { Fix = $"koauth client update {client.ClientId} --active" };
        }

        return ChooseRedirect(client, request["redirect_uri"]).Ok(out var redirectUri, out var refusal)
            ? new Caller(client, redirectUri)
            : refusal;
    }

    /// <summary>Everything else; a refusal goes to the client. A pushed request has no browser yet.</summary>
    public async ValueTask<Outcome<FlowTicket>> RequestAsync(
        AuthorizeRequest request, Caller caller, HttpContext? http, Story story, CancellationToken ct)
    {
        if (CheckForm(request) is { } wrong)
        {
            return wrong;
        }

        if (!caller.Client.GrantTypes.Contains("authorization_code"))
        {
            return new Refusal(Reasons.GrantTypeNotAllowed) { Expected = string.Join(", ", caller.Client.GrantTypes), Received = "authorization_code" };
        }

        if (Pkce.ReadChallenge(request["code_challenge"], request.Raw("code_challenge_method"), out var challenge) is { } refused)
        {
            return refused;
        }

        var binding = request["dpop_jkt"] is { } thumbprint ? ProofCheck.ReadThumbprint(thumbprint) : null;
        if (binding is null && request["dpop_jkt"] is not null)
        {
            return Reasons.DpopThumbprintMalformed;
        }

        var asked = ScopeSet.Parse(request["scope"]);
        if (!(await audiences.ChooseAsync(caller.Client, request.Resources, asked, ct)).Ok(out var audience, out var refusal))
        {
            return refusal;
        }

        story.Resource = audience.Value;
        if (!ScopeChoice.Make(asked, audience, caller.Client, story).Ok(out var scopes, out refusal))
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        return new FlowTicket
        {
            GrantId = request.Pushed?.GrantId ?? randomness.Id(),
            ClientKey = caller.Client.Key,
            ResourceKey = audience.Key,
            RedirectUri = caller.RedirectUri.Value,
            Scopes = scopes.ToString(),
            Challenge = challenge,
            State = request.State,
            Nonce = request["nonce"],
            Story = story.Reference,
            At = now,
            Browser = http is null ? [] : browser.Ensure(http),
            LoginHint = request["login_hint"],
            PromptConsent = request.Prompt.HasFlag(Prompt.Consent),
            AuthenticatedAfter = AuthenticatedAfter(request, now),
            Binding = binding,
        };
    }

    private static Outcome<RedirectUri> ChooseRedirect(Client client, string? requested)
    {
        if (requested is null)
        {
            // RFC 6749 §3.1.2.3: may be left out when exactly one is registered.
            return client.RedirectUris is [var only]
                ? RedirectUri.Parse(only)
                : new Refusal(Reasons.RedirectUriMissing) { Expected = string.Join(", ", client.RedirectUris) };
        }

        if (!RedirectUri.Parse(requested).Ok(out var uri, out var refusal))
        {
            return new Refusal(Reasons.RedirectUriMismatch) { Expected = Expected(client), Received = Short(requested), Detail = refusal.Detail };
        }

        // The registered ones are parsed again: a row changed behind our back must not open a door (AZ-17).
        var matches = client.RedirectUris.Any(r => RedirectUri.Parse(r).Ok(out var registered, out _) && registered.Matches(uri));
        return matches ? uri : new Refusal(Reasons.RedirectUriMismatch)
        {
            Expected = Expected(client),
            Received = Short(requested),
            Detail = RedirectUriDifference.Describe(client.RedirectUris, requested),
            Fix = $"koauth client update {client.ClientId} --add-redirect-uri '{requested.Replace("'", "'\\''", StringComparison.Ordinal)}'",
        };
    }

    private static Refusal? CheckForm(AuthorizeRequest request)
    {
        if (request.Repeated is { } repeated)
        {
            return new Refusal(Reasons.ParameterRepeated) { Received = repeated };
        }

        if (request.IsStateTooLong)
        {
            return new Refusal(Reasons.StateTooLong);
        }

        if (request["request"] is not null)
        {
            return new Refusal(Reasons.RequestObjectUnsupported);
        }

        if (request["request_uri"] is not null)
        {
            return new Refusal(Reasons.RequestUriUnsupported); // never fetched: CVE-2020-10770
        }

        if (request["response_type"] is not "code")
        {
            return request["response_type"] is { } type
                ? new Refusal(Reasons.ResponseTypeUnsupported) { Expected = "code", Received = Short(type) }
                : new Refusal(Reasons.ResponseTypeMissing);
        }

        if (request["response_mode"] is { } mode and not "query")
        {
            return new Refusal(Reasons.ResponseModeUnsupported) { Expected = "query", Received = Short(mode) };
        }

        if (request["nonce"] is { } nonce && Encoding.UTF8.GetByteCount(nonce) > CodeEnvelope.MaxNonceBytes)
        {
            return new Refusal(Reasons.NonceTooLong) { Expected = $"at most {CodeEnvelope.MaxNonceBytes} bytes" };
        }

        if (request["max_age"] is { } age && !uint.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return new Refusal(Reasons.MaxAgeMalformed) { Received = Short(age) };
        }

        return request.Prompt.HasFlag(Prompt.None) && request.Prompt != Prompt.None
            ? new Refusal(Reasons.PromptUnsupported)
            : null;
    }

    private static DateTimeOffset? AuthenticatedAfter(AuthorizeRequest request, DateTimeOffset now)
    {
        if (request.Prompt.HasFlag(Prompt.Login) || request.Prompt.HasFlag(Prompt.SelectAccount))
        {
            return now;
        }

        return request["max_age"] is { } age
            ? now - TimeSpan.FromSeconds(uint.Parse(age, NumberStyles.None, CultureInfo.InvariantCulture))
            : null;
    }

    private static string Expected(Client client) => string.Join(", ", client.RedirectUris);

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
