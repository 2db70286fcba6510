using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Device;

internal static class DeviceAuthorizationEndpoint
{
    public const string Path = "/oauth/device_authorization";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ClientAuthentication clients, Audiences audiences, DeviceCodes devices, KOauthSettings settings, Story story, CancellationToken ct)
    {
        if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var form, out var refusal))
        {
            return new OAuthError(refusal, story, told: StoryEvents.DeviceRefused);
        }

        var asked = ScopeSet.Parse(form["scope"]);
        if (!(await clients.AuthenticateAsync(form, story, ct)).Ok(out var client, out refusal)
            || (refusal = Fault(client)) is not null
            || !(await audiences.ChooseAsync(client, form.Resources, asked, ct)).Ok(out var audience, out refusal)
            || !ScopeChoice.Make(asked, audience, client, story).Ok(out var scopes, out refusal)
            || !(await devices.StartAsync(client.Key, audience, scopes, story.Reference, ClientNetwork.Of(http, settings), ct)).Ok(out var codes, out refusal))
        {
            return new OAuthError(refusal, story, form.Authorization is not null, StoryEvents.DeviceRefused);
        }

        story.Resource = audience.Value;
        story.Tell(StoryEvents.DeviceStarted, "A device waits for a person to approve it", ("scopes", scopes.ToString()));
        http.Response.Headers.CacheControl = "no-store";
        var page = $"{settings.Issuer}/account/device";
        var shown = UserCode.Shown(codes.UserCode);
        return Results.Json(new Dictionary<string, object>
        {
            ["device_code"] = codes.Code,
            ["user_code"] = shown,
            ["verification_uri"] = page,
            ["verification_uri_complete"] = $"{page}?user_code={shown}",
            ["expires_in"] = (int)DeviceCodes.Life.TotalSeconds,
            ["interval"] = DeviceCodes.Interval,
        });
    }

    private static Refusal? Fault(Client client)
    {
        if (client.IsSelfAsserted)
        {
            return new Refusal(Reasons.DeviceSelfAsserted);
        }

        return client.GrantTypes.Contains(GrantTypeNames.DeviceCode) ? null : new Refusal(Reasons.GrantTypeNotAllowed)
        {
            Expected = string.Join(", ", client.GrantTypes),
            Received = GrantTypeNames.DeviceCode,
            Fix = $"koauth client update {client.ClientId} --grants {string.Join(',', client.GrantTypes.Append(GrantTypeNames.DeviceCode).Select(GrantTypeNames.Short))}",
        };
    }
}
