using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.OAuth.Token;

/// <summary>The grant types that exist, and which of them a client may use.</summary>
internal sealed class GrantTypes(IEnumerable<IGrantType> all)
{
    private readonly IGrantType[] _all = [.. all.Where(g => g.IsOn)];

    public Outcome<IGrantType> Find(OAuthForm request, Client client)
    {
        if (request["grant_type"] is not { } name)
        {
            return Reasons.GrantTypeMissing;
        }

        foreach (var grantType in _all)
        {
            if (grantType.Name == name)
            {
                return client.GrantTypes.Contains(name)
                    ? Outcome<IGrantType>.Of(grantType)
                    : new Refusal(Reasons.GrantTypeNotAllowed) { Expected = string.Join(", ", client.GrantTypes), Received = name };
            }
        }

        return new Refusal(Reasons.GrantTypeUnsupported)
        {
            Expected = string.Join(", ", _all.Select(g => g.Name)),
            Received = name.Length > 100 ? name[..100] : name,
        };
    }
}
