using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>urn:ietf:params:oauth:grant-type:token-exchange</c> (RFC 8693): an MCP server that calls another one gets a token of its own for
/// that, in the name of the same person. Which server may call which is an administrator's word (docs/decisions/0017-token-exchange.md).
/// </summary>
internal sealed class TokenExchangeGrant(Delegation delegation) : IGrantType
{
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    public string Name => GrantTypeNames.TokenExchange;

    public async Task<Outcome<DecidedGrant>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
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

        return request["requested_token_type"] is null or AccessTokenType && request["subject_token_type"] == AccessTokenType
            ? await delegation.DecideAsync(token, request, client, story, ct)
            : new Refusal(Reasons.ExchangeTypeUnsupported)
            {
                Expected = $"subject_token_type={AccessTokenType}",
                Received = $"subject_token_type={request["subject_token_type"]}, requested_token_type={request["requested_token_type"]}",
            };
    }
}
