using System.Text;
using KOauth.Hosting;
using KOauth.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KOauth.Tests.Keys;

/// <summary>Fetching an identity provider's keys, from a server that is really there.</summary>
public sealed class KeyDocumentsTests
{
    [Theory]
    [InlineData("/keys", true)]
    [InlineData("/moved", false)]
    [InlineData("/missing", false)]
    [InlineData("/endless", false)]
    public async Task Keys_are_read_where_they_were_said_to_be_and_nowhere_else(string path, bool works)
    {
        await using var provider = await StartAsync();
        await using var services = Services();
        var documents = services.GetRequiredService<KeyDocuments>();
        var issuer = new AssertionIssuer("https://login.example.test", provider.Urls.Single() + path);

        if (works)
        {
            Assert.Equal("""{"keys":[]}""", Encoding.UTF8.GetString(await documents.ReadAsync(issuer, TestContext.Current.CancellationToken)));
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => documents.ReadAsync(issuer, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_file_larger_than_any_is_not_read()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, new byte[KeyDocuments.MaxBytes + 1], TestContext.Current.CancellationToken);
        await using var services = Services();

        await Assert.ThrowsAsync<IOException>(() => services.GetRequiredService<KeyDocuments>().ReadAsync(new("https://login.example.test", path), default));

        File.Delete(path);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection().AddSingleton<KeyDocuments>();
        KeyDocuments.Configure(services.AddHttpClient(KeyDocuments.ClientName));
        return services.BuildServiceProvider();
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/keys", () => Results.Text("""{"keys":[]}""", "application/json"));
        app.MapGet("/moved", () => Results.Redirect("/keys"));
        app.MapGet("/endless", () => Results.Bytes(new byte[KeyDocuments.MaxBytes + 1]));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
