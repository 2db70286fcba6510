using KOauth.Data;
using KOauth.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;

namespace KOauth;

/// <summary>What the server says when it is up: where it is, and the next step of whoever has just installed it.</summary>
internal static partial class Banner
{
    /// <summary>Printed whole, also when the server is told to stop meanwhile: it serves already, and stops as it should.</summary>
    public static async Task PrintAsync(WebApplication app, KOauthSettings settings, TextWriter output)
    {
        var listening = string.Join(", ", app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        var outside = Outside.Of(settings);
        if (settings.LogFormat == LogFormat.Json)
        {
            LogStarted(app.Logger, settings.Issuer.Value, listening, settings.DataDirectory);
            return;
        }

        await output.WriteLineAsync($"""
            KOauth is up.

              Issuer     {settings.Issuer}
              Listening  {listening}
              Data       {settings.DataDirectory}
              Cookies    {CookieNames.Stem(settings.Issuer)}…
              Proxies    {outside.Lines().Single(l => l.Name == "Proxies").Value}

            """);
        foreach (var hint in outside.Hints)
        {
            await output.WriteLineAsync($"Hint: {hint}");
        }

        await using var db = await app.Services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync();
        if (!await db.Resources.AnyAsync())
        {
            await output.WriteLineAsync($"""
                Next: let it protect an MCP server, and let Claude in. The MCP server gets KOAUTH_URL={settings.Issuer} and its own BASE_URL.

                  koauth resource register https://your-mcp-server.example/mcp{Directory(settings)}
                  koauth client register claude-mcp --preset claude{Directory(settings)}

                """);
        }
    }

    private static string Directory(KOauthSettings settings) =>
        settings.DataDirectory == Path.GetFullPath(SettingsTable.Data.Default) ? "" : $" --data {settings.DataDirectory}";

    [LoggerMessage(LogLevel.Information, "KOauth is up: {Issuer} at {Listening}, data in {Data}", EventName = "server.started")]
    private static partial void LogStarted(ILogger logger, string issuer, string listening, string data);
}
