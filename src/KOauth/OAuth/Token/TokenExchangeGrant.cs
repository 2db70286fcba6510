using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>urn:ietf:params:oauth:grant-type:token-exchange</c> (RFC 8693): an MCP server that calls another one gets a token of its own for
/// that, in the name of the same person. And a client of this server as an identity provider gets an assertion for another server's.
/// Who may is an administrator's word (docs/decisions/0017-token-exchange.md).
/// </summary>
internal sealed class TokenExchangeGrant(Delegation delegation, AssertionIssuing assertions) : IGrantType
{
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    public string Name => GrantTypeNames.TokenExchange;

    public async Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (client.IsPublic || client.IsSelfAsserted)
        {
            return new Refusal(Reasons.GrantTypeNotAllowed) { Detail = "Only a client that an administrator registered and that proves itself may exchange tokens." };
        }

        // Who acts is the client that was authenticated, never somebody whose token it brings.
        if (request.Has("actor_token") || request.Has("actor_token_type"))
        {
            return Reasons.ExchangeActorUnsupported;
        }

        if (request["subject_token"] is not { } token)
        {
            return new Refusal(Reasons.ParameterMissing) { Expected = "subject_token" };
        }

        return (request["subject_token_type"], request["requested_token_type"]) switch
        {
            (AccessTokenType, null or AccessTokenType) => await delegation.DecideAsync(token, request, client, story, ct),
            (SignInEvidence.IdTokenType or SignInEvidence.RefreshTokenType, AssertionIssuing.AssertionType) =>
                await assertions.DecideAsync(request["subject_token_type"]!, token, request, client, story, ct),
            var (subject, requested) => new Refusal(Reasons.ExchangeTypeUnsupported)
            {
                Expected = $"subject_token_type={AccessTokenType}",
                Received = Short($"subject_token_type={subject}, requested_token_type={requested}"),
            },
        };
    }

    private static string Short(string text) => text.Length <= 300 ? text : text[..300];
}
