using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Register;

internal static class RegisterEndpoint
{
    public const string Path = "/oauth/register";

    public static async Task<IResult> HandleAsync(
        HttpContext http, KOauthSettings settings, RegistrationLimits limits, Registrations registrations, Story story, CancellationToken ct)
    {
        if (settings.Registration == RegistrationPolicy.Off)
        {
            return new RegistrationError(new Refusal(Reasons.RegistrationOff) { Fix = "koauth client register" }, story);
        }

        if (limits.WhyNot(http) is { } tooMany)
        {
            return new RegistrationError(tooMany.Refusal, story) { RetryAfter = tooMany.RetryAfter };
        }

        if (!(await RegistrationBody.ReadAsync(http, ct)).Ok(out var body, out var refusal))
        {
            return new RegistrationError(refusal, story);
        }

        using (body)
        {
            if (!ClientMetadata.Read(body.RootElement, ClientOrigin.Registration).Ok(out var client, out refusal)
                || !(await registrations.AddAsync(client, http.Connection.RemoteIpAddress, ct)).Ok(out var registered, out refusal))
            {
                return new RegistrationError(refusal, story);
            }

            story.ClientId = registered.Client.ClientId;
            story.Tell(
                StoryEvents.RegistrationReceived, "An app registered itself",
                ("name", Printable.Text(registered.Client.Name)), ("redirect_uris", string.Join(' ', registered.Client.RedirectUris)),
                ("auth_method", registered.Client.AuthMethod));
            return RegistrationAnswer.For(registered, body.RootElement);
        }
    }
}
