using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KOauth.Tests.Health;

public sealed class DrainTests
{
    [Fact, Trait("check", "R-14")]
    public async Task A_server_that_drains_is_not_ready_and_answers_everything_else()
    {
        await using var koauth = await KOauthApp.StartAsync(s => s with { DrainDelay = TimeSpan.FromSeconds(5) });
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(koauth, "/health/ready")).StatusCode);

        koauth.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var stopping = koauth.StopAsync();
        using var ready = await GetAsync(koauth, "/health/ready");
        using var metadata = await GetAsync(koauth, "/.well-known/openid-configuration");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, metadata.StatusCode));
        Assert.Equal(true, metadata.Headers.ConnectionClose);
        koauth.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(stopping.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(koauth, "/health/live")).StatusCode);
        koauth.Clock.Advance(TimeSpan.FromSeconds(1));
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static Task<HttpResponseMessage> GetAsync(KOauthApp koauth, string path) => koauth.Http.GetAsync(path, TestContext.Current.CancellationToken);
}
