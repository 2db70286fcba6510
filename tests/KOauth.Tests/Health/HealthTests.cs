using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_server_that_works_is_live_and_ready()
    {
        await using var koauth = await KOauthApp.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(koauth, "/health/live")).Status);
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"ready\"}"), await GetAsync(koauth, "/health/ready"));
    }

    [Fact, Trait("check", "A-88")]
    public async Task A_database_that_does_not_answer_turns_readiness_red_and_leaves_liveness_green()
    {
        await using var koauth = await KOauthApp.StartAsync();
        await koauth.ChangeAsync(db => db.Database.ExecuteSqlRawAsync("alter table store rename to away"));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(koauth, "/health/live")).Status);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "{\"status\":\"not ready\"}"), await GetAsync(koauth, "/health/ready"));
    }

    [Fact, Trait("check", "A-88")]
    public async Task Reasons_are_told_to_this_machine_only()
    {
        await using var koauth = await KOauthApp.StartAsync();
        koauth.Address = IPAddress.Loopback;
        await koauth.ChangeAsync(db => db.Database.ExecuteSqlRawAsync("alter table store rename to away"));

        var (_, here) = await GetAsync(koauth, "/health/ready");
        var (_, behindProxy) = await GetAsync(koauth, "/health/ready", "X-Forwarded-For");

        Assert.Contains("The database does not answer", JsonDocument.Parse(here).RootElement.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("{\"status\":\"not ready\"}", behindProxy);
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(KOauthApp koauth, string path, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.Add(header, "203.0.113.9");
        }

        using var response = await koauth.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
