using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.OAuth;

/// <summary>
/// Which resource's server is asking, by the id and secret of <c>koauth resource secret rotate</c>, in Basic or in the form. Null when
/// the id is no resource's at all; then it may be a client's.
/// </summary>
internal sealed class ResourceAuthentication(ResourceDirectory resources, TimeProvider clock)
{
    public async ValueTask<Outcome<Resource>?> AuthenticateAsync(OAuthForm form, CancellationToken ct)
    {
        string? id, secret;
        if (form.Authorization is null)
        {
            (id, secret) = (form["client_id"], form["client_secret"]);
        }
        else if (BasicCredentials.Parse(form.Authorization).Ok(out var basic, out _))
        {
            (id, secret) = (basic.DecodedId, basic.DecodedSecret);
        }
        else
        {
            return null;
        }

        if (id is null || await resources.FindByCredentialAsync(id, ct) is not { } resource)
        {
            return null;
        }

        return secret is not null && ResourceSecrets.Match(resource, secret, clock.GetUtcNow())
            ? resource
            : new Refusal(Reasons.ResourceSecretWrong) { Received = resource.Uri, Fix = $"koauth resource secret rotate {resource.Uri}" };
    }
}
