using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KOauth.Journeys.Running;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Journeys;

/// <summary>A power cut every second or two.</summary>
public sealed class KillTests
{
    private const string McpUrl = "https://mcp.example.com/mcp";
    private const string RedirectUri = "https://app.example.com/callback";
    private const int Walkers = 4;
    private const int FewestKills = 10;

    private static readonly TimeSpan _while = TimeSpan.FromSeconds(60);

    [Fact]
    [Trait("check", "R-01")]
    public async Task Nothing_that_was_answered_is_lost_when_the_server_is_killed()
    {
        var ct = TestContext.Current.CancellationToken;
        using var directory = new TemporaryDirectory();
        await using var server = await KOauthProcess.StartAsync(directory.Path, ct);
        await server.RunAsync(["user", "create", World.Email, "--password-stdin"], World.Password);
        await server.RunAsync(["resource", "register", McpUrl]);
        var client = JsonNode.Parse(await server.RunAsync(["client", "register", "app", "--redirect-uris", RedirectUri, "--trusted", "--json"]))!;
        var walkers = Enumerable.Range(0, Walkers)
            .Select(_ => new Walker(server.Issuer, "app", client["clientSecret"]!.GetValue<string>(), RedirectUri, McpUrl)).ToArray();

        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var walks = walkers.Select(walker => Task.Run(() => walker.WalkAsync(end.Token), CancellationToken.None)).ToArray();
        var time = Stopwatch.StartNew();
        var kills = 0;
        while (time.Elapsed < _while || kills < FewestKills)
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(1000, 3000), ct);
            server.Program.Kill();
            await server.StartAsync(ct);
            kills++;
        }

        await end.CancelAsync();
        await Task.WhenAll(walks);

        var connections = walkers.Sum(walker => walker.Connections.Count);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills in {time.Elapsed.TotalSeconds:F0} s, {connections} connections, {walkers.Sum(w => w.Refreshes)} refreshes, {walkers.Sum(w => w.LostAnswers)} lost answers");
        Assert.Empty(walkers.SelectMany(walker => walker.Wrong));
        Assert.True(connections > kills, $"only {connections} connections were made; this proves nothing");
        Assert.Contains(walkers, walker => walker.LostAnswers > 0);
        foreach (var walker in walkers)
        {
            await ProveAsync(server.Issuer, walker, ct);
            walker.Dispose();
        }
    }

    /// <summary>Every connection refreshes once more, and every access token is one of this server's.</summary>
    private static async Task ProveAsync(string issuer, Walker walker, CancellationToken ct)
    {
        using var http = new HttpClient();
        var keys = new JsonWebKeySet(await http.GetStringAsync($"{issuer}/.well-known/jwks.json", ct));
        var demands = new TokenValidationParameters { ValidIssuer = issuer, ValidAudience = McpUrl, ValidTypes = ["at+jwt"], IssuerSigningKeys = keys.GetSigningKeys() };
        for (var number = 0; number < walker.Connections.Count; number++)
        {
            Assert.True(await walker.RefreshAsync(number, ct), string.Join(Environment.NewLine, walker.Wrong));
            foreach (var token in walker.Connections[number].AccessTokens)
            {
                var checkedToken = await new JsonWebTokenHandler().ValidateTokenAsync(token, demands);
                Assert.True(checkedToken.IsValid, checkedToken.Exception?.Message);
            }
        }
    }
}
