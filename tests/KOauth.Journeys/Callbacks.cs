using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace KOauth.Journeys;

/// <summary>
/// The places where browsers come back to: a website on https with a certificate nobody knows, and a program's port on this
/// device. Browsers that are told so also find https://claude.ai here, without a network.
/// </summary>
public sealed class Callbacks : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Uri>> _arrivals = new();
    private readonly WebApplication _app;

    private Callbacks(int https, int loopback)
    {
        HttpsPort = https;
        Website = new Uri($"https://localhost:{https}/callback");
        Loopback = new Uri($"http://127.0.0.1:{loopback}/callback");
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, https, listen => listen.UseHttps(Certificate()));
            kestrel.Listen(IPAddress.Loopback, loopback);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int HttpsPort { get; }

    public Uri Website { get; }

    public Uri Loopback { get; }

    /// <summary>A page of the website that opens popups.</summary>
    public Uri Opener => new(Website, "/");

    internal static async Task<Callbacks> StartAsync()
    {
        var callbacks = new Callbacks(Running.FreePort.Next(), Running.FreePort.Next());
        await callbacks._app.StartAsync();
        return callbacks;
    }

    /// <summary>Where a browser came in that was sent off with this authorization URL.</summary>
    public Task<Uri> ArrivalAsync(Uri authorize, CancellationToken ct) =>
        Arrival(QueryHelpers.ParseQuery(authorize.Query)["state"].ToString()).Task.WaitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("claude.ai");
        request.CertificateExtensions.Add(names.Build());
        var today = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(today.AddDays(-1), today.AddDays(1));
    }

    private TaskCompletionSource<Uri> Arrival(string state) =>
        _arrivals.GetOrAdd(state, _ => new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Query["state"].ToString() is { Length: > 0 } state)
        {
            Arrival(state).TrySetResult(new Uri(http.Request.GetEncodedUrl()));
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync("<!doctype html><html lang=\"en\"><title>The app</title><h1>Welcome back</h1>");
    }
}
