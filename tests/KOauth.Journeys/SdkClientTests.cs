using KOauth.Journeys.Running;
using Microsoft.AspNetCore.WebUtilities;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace KOauth.Journeys;

/// <summary>Somebody else's client: the official MCP C# SDK, which is given an MCP server's URL and nothing else about us.</summary>
public sealed class SdkClientTests(World world)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_official_client_signs_in_calls_tools_and_refreshes(bool isPublic)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var page = await world.NewPageAsync();
        var person = await world.NewPersonAsync();
        var redirectUri = isPublic ? world.Callbacks.Loopback : world.Callbacks.Website;
        var (id, secret) = await world.RegisterClientAsync(
            isPublic ? ["--public", "--redirect-uris", "http://127.0.0.1/callback"] : ["--redirect-uris", redirectUri.ToString()]);
        var cache = new ExpiringCache();
        var signIns = 0;
        await using var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(world.McpUrl),
            OAuth = new ClientOAuthOptions
            {
                ClientId = id,
                ClientSecret = secret,
                RedirectUri = redirectUri,
                TokenCache = cache,
                AuthorizationCallbackHandler = async (request, ct) =>
                {
                    signIns++;
                    return Read(await page.SignInAndApproveAsync(world, request.AuthorizationUri, ct, person));
                },
            },
        });
        await using var client = await McpClient.CreateAsync(transport, cancellationToken: patience.Token);

        Assert.Equal("[]", await CallAsync(client, "list_notes", [], patience.Token));
        Assert.Equal(1, signIns);

        cache.Expire();
        Assert.Equal("[]", await CallAsync(client, "list_notes", [], patience.Token));
        Assert.Equal(1, signIns);
        Assert.Equal(2, cache.Stored);

        Assert.Contains("milk", await CallAsync(client, "add_note", new() { ["text"] = "milk" }, patience.Token), StringComparison.Ordinal);
        await CallAsync(client, "delete_note", new() { ["number"] = 1 }, patience.Token);
    }

    [Fact]
    public async Task The_official_client_comes_back_for_a_scope_it_lacks_and_keeps_what_it_had()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        var page = await world.NewPageAsync();
        var person = await world.NewPersonAsync();
        var (id, secret) = await world.RegisterClientAsync("--redirect-uris", world.Callbacks.Website.ToString(), "--scopes", "notes:read");
        var asked = new List<string>();
        await using var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(world.McpUrl),
            OAuth = new ClientOAuthOptions
            {
                ClientId = id,
                ClientSecret = secret,
                RedirectUri = world.Callbacks.Website,
                AuthorizationCallbackHandler = async (request, ct) =>
                {
                    var callback = await page.SignInAndApproveAsync(world, request.AuthorizationUri, ct, person);
                    asked.Add(QueryHelpers.ParseQuery(request.AuthorizationUri.Query)["scope"].ToString());
                    return Read(callback);
                },
            },
        });
        await using var client = await McpClient.CreateAsync(transport, cancellationToken: patience.Token);
        Assert.Equal("[]", await CallAsync(client, "list_notes", [], patience.Token));
        await world.Server.RunAsync(["client", "update", id, "--scopes", "all"]);
        await Task.Delay(TimeSpan.FromSeconds(1), patience.Token); // so long a running server may take to notice

        Assert.Contains("milk", await CallAsync(client, "add_note", new() { ["text"] = "milk" }, patience.Token), StringComparison.Ordinal);

        Assert.Equal(2, asked.Count);
        Assert.Contains("notes:write", asked[1], StringComparison.Ordinal);
        await CallAsync(client, "delete_note", new() { ["number"] = 1 }, patience.Token);
        Assert.Equal("[]", await CallAsync(client, "list_notes", [], patience.Token));
        Assert.Equal(2, asked.Count);
    }

    private static AuthorizationResult Read(Uri callback)
    {
        var query = QueryHelpers.ParseQuery(callback.Query);
        return new AuthorizationResult { Code = query["code"].ToString(), State = query["state"], Iss = query["iss"] };
    }

    private static async Task<string> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments, CancellationToken ct)
    {
        var result = await client.CallToolAsync(tool, arguments, cancellationToken: ct);
        var text = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        Assert.True(result.IsError is not true, text);
        return text;
    }

    /// <summary>Lets a token run out at once instead of in an hour.</summary>
    private sealed class ExpiringCache : ITokenCache
    {
        private TokenContainer? _tokens;

        public int Stored { get; private set; }

        public void Expire() => _tokens!.ObtainedAt = _tokens.ObtainedAt.AddDays(-1);

        public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_tokens);

        public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
        {
            Stored++;
            _tokens = tokens;
            return ValueTask.CompletedTask;
        }
    }
}
