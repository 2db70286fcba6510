using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.Tests;

/// <summary>What a device and the person in front of it do (RFC 8628).</summary>
internal static class DeviceSteps
{
    public static void ForDevices(Client client)
    {
        client.GrantTypes = [GrantTypeNames.DeviceCode, GrantTypeNames.RefreshToken];
        client.RedirectUris = [];
    }

    /// <summary>The device asks for its codes.</summary>
    public static async Task<TokenReply> StartDeviceAsync(this KOauthApp koauth, string clientId = "app", bool isPublic = false, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["client_secret"] = isPublic ? null : KOauthApp.SecretOf(clientId),
            ["resource"] = KOauthApp.NotesUri,
        };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        using var content = new FormUrlEncodedContent(form.Where(p => p.Value is not null)!);
        return await TokenReply.ReadAsync(await koauth.Http.PostAsync("/oauth/device_authorization", content));
    }

    public static string Code(this TokenReply started) => started.Json.GetProperty("device_code").GetString()!;

    public static string Shown(this TokenReply started) => started.Json.GetProperty("user_code").GetString()!;

    public static string Link(this TokenReply started) => started.Json.GetProperty("verification_uri_complete").GetString()!;

    /// <summary>The device asks whether somebody has answered.</summary>
    public static Task<TokenReply> PollAsync(
        this KOauthApp koauth, TokenReply started, string clientId = "app", bool isPublic = false, params (string Name, string Value)[] more) => koauth.TokenAsync(
        [
            ("grant_type", GrantTypeNames.DeviceCode), ("device_code", started.Code()), ("client_id", clientId),
            .. isPublic ? Array.Empty<(string, string)>() : [("client_secret", KOauthApp.SecretOf(clientId))],
            .. more,
        ]);

    /// <summary>The person opens the link, says that the device shows the code, signs in where needed, and answers.</summary>
    public static async Task AnswerDeviceAsync(this Browser browser, TokenReply started, string decision = "approve", string email = "alice@example.test")
    {
        await browser.OpenAsync(started.Link());
        await browser.SubmitAsync();
        if (browser.Location.AbsolutePath == "/account/login")
        {
            await browser.SubmitAsync(null, ("email", email), ("password", KOauthApp.Password));
        }

        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
        await browser.SubmitAsync(decision);
    }
}
