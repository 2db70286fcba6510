using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;

namespace KOauth.Grants;

/// <summary>Decides whether an assertion is believed. Cheap checks come first: a stranger's costs neither a fetch nor a signature.</summary>
internal sealed class Assertions(IssuerKeys keys, KOauthSettings settings, TimeProvider clock)
{
    public async ValueTask<Outcome<IdentityAssertion>> CheckAsync(string text, Client client, CancellationToken ct)
    {
        if (IdentityAssertion.Read(text, out var problem) is not { } assertion)
        {
            return Invalid(problem);
        }

        if (settings.AssertionIssuers.FirstOrDefault(i => i.Issuer == assertion.Issuer) is not { } issuer)
        {
            return new Refusal(Reasons.AssertionIssuerUnknown)
            {
                Expected = string.Join(", ", settings.AssertionIssuers.Select(i => i.Issuer)),
                Received = assertion.Issuer.Length > 200 ? assertion.Issuer[..200] : assertion.Issuer,
            };
        }

        if (assertion.WhyNot(settings.Issuer.Value, client.ClientId, clock.GetUtcNow()) is { } why)
        {
            return Invalid(why);
        }

        if (!(await keys.FindAsync(issuer, CompactJws.StringOf(assertion.Jws.Header, "kid"), ct)).Ok(out var known, out var refusal))
        {
            return refusal;
        }

        return await known.HasSignedAsync(assertion.Jws) ? assertion : Invalid($"no key of {issuer.Issuer} made its signature");
    }

    private static Refusal Invalid(string problem) => new(Reasons.AssertionInvalid) { Detail = $"The assertion: {problem}." };
}
