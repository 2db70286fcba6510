using KOauth.Health;
using KOauth.Hosting;
using KOauth.OAuth;

namespace KOauth;

/// <summary>Builds the web application: the only composition.</summary>
internal static class Server
{
    /// <summary>A long state, three times percent-encoded, must fit into a ticket's URL.</summary>
    private const int MaxRequestLine = 32 * 1024;

    public static WebApplication Build(KOauthSettings settings, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Server).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = MaxRequestLine;
            kestrel.Limits.MaxRequestBufferSize = 1024 * 1024;
            kestrel.Limits.MaxRequestBodySize = 256 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        });
        builder.Logging.AddKOauthLogs(settings);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainDelay + TimeSpan.FromSeconds(20));
        builder.AddEngineRooms(settings);
        builder.Services.AddHostedService<StoreStart>();
        builder.Services.AddCors(Cors.Configure);
        builder.Services.AddRazorPages().WithRazorPagesAtContentRoot();
        configure?.Invoke(builder);

        var app = builder.Build();
        ActivatorUtilities.CreateInstance<Proxies>(app.Services).Use(app);
        app.UsePathBase(settings.Issuer.Path);
        app.UseSecurityHeaders(settings.Issuer);
        app.UseDrain();
        ActivatorUtilities.CreateInstance<UnexpectedErrors>(app.Services).Use(app);
        app.UseStoryAddress();
        app.UseJsonErrors();
        app.UsePageErrors();
        app.UseRouting();
        app.UseCors();
        app.MapGet(Stylesheet.Path, Stylesheet.Handle);
        app.MapRazorPages();
        foreach (var feature in Features.All)
        {
            feature.MapRoutes(app);
        }

        return app;
    }
}
