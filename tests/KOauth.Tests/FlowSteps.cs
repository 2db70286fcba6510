namespace KOauth.Tests;

/// <summary>The walk through the pages, as a person and a client take it together.</summary>
internal static class FlowSteps
{
    /// <summary>Signs in where needed and approves where asked; gives what the client received at its redirect URI.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ApproveAsync(
        this Browser browser, Flow flow, string email = "alice@example.test", string password = KOauthApp.Password)
    {
        await browser.OpenAsync(KOauthApp.Issuer + flow.Url);
        if (browser.Location.AbsolutePath.EndsWith("/account/login", StringComparison.Ordinal))
        {
            await browser.SubmitAsync(null, ("email", email), ("password", password));
        }

        if (browser.Location.AbsolutePath.EndsWith("/account/consent", StringComparison.Ordinal))
        {
            await browser.SubmitAsync("approve");
        }

        Assert.True(browser.Page is null, $"still on {browser.Location.AbsolutePath}: {browser.Text}");
        return browser.Carried;
    }

    public static async Task<string> CodeAsync(this Browser browser, Flow flow) => (await browser.ApproveAsync(flow))["code"];

    /// <summary>Redeems a code as the client of the flow does, with its secret in the body unless it is public.</summary>
    public static Task<TokenReply> RedeemAsync(
        this KOauthApp koauth, Flow flow, string code, bool isPublic = false, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = flow.RedirectUri,
            ["code_verifier"] = flow.Verifier,
            ["client_id"] = flow.ClientId,
            ["client_secret"] = isPublic ? null : KOauthApp.SecretOf(flow.ClientId),
        };
        return koauth.TokenAsync(Apply(form, changes));
    }

    public static Task<TokenReply> RefreshAsync(
        this KOauthApp koauth, string refreshToken, string clientId = "app", bool isPublic = false, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refreshToken,
            ["client_id"] = clientId,
            ["client_secret"] = isPublic ? null : KOauthApp.SecretOf(clientId),
        };
        return koauth.TokenAsync(Apply(form, changes));
    }

    /// <summary>Pushes the request of a flow as its client does.</summary>
    public static async Task<TokenReply> PushAsync(
        this KOauthApp koauth, Flow flow, bool isPublic = false, params (string Name, string Value)[] more)
    {
        List<KeyValuePair<string, string>> form = [.. flow.Parameters, .. more.Select(m => KeyValuePair.Create(m.Name, m.Value))];
        if (!isPublic)
        {
            form.Add(new("client_secret", KOauthApp.SecretOf(flow.ClientId)));
        }

        using var content = new FormUrlEncodedContent(form);
        return await TokenReply.ReadAsync(await koauth.Http.PostAsync("/oauth/par", content));
    }

    /// <summary>Where the browser is sent with a pushed request.</summary>
    public static string PushedUrl(string requestUri, string clientId = "app") => Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
        $"{KOauthApp.Issuer}/oauth/authorize", new Dictionary<string, string?> { ["client_id"] = clientId, ["request_uri"] = requestUri });

    /// <summary>A whole connection: pages, code, tokens.</summary>
    public static async Task<TokenReply> ConnectAsync(this KOauthApp koauth, Flow? flow = null, bool isPublic = false)
    {
        flow ??= new Flow();
        using var browser = koauth.OpenBrowser();
        var reply = await koauth.RedeemAsync(flow, await browser.CodeAsync(flow), isPublic);
        Assert.Null(reply.Error);
        return reply;
    }

    private static (string, string)[] Apply(Dictionary<string, string?> form, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return [.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))];
    }
}
