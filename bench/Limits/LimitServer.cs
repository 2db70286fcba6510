using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KOauth.Bench.Limits;

/// <summary>
/// What this machine can do at most: the same web server, signatures and disk with nothing of an authorization server around them.
/// A process of its own, so that it stands where the real server stands.
/// </summary>
internal static class LimitServer
{
    public const string Verb = "limit-server";
    public const string Constant = "/constant";
    public const string Signed = "/signed";
    public const string SignedTwice = "/signed-twice";
    public const string Stored = "/stored";

    private static readonly byte[] _constant = JsonSerializer.SerializeToUtf8Bytes(new { text = new string('x', 1000) });

    public static async Task RunAsync(int port, string directory)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        using var signer = new LimitSigner();
        using var store = new InsertQueue(Path.Combine(directory, "limit.db"));
        builder.Services.AddSingleton(signer);
        var app = builder.Build();
        app.Run(http => http.Request.Path.Value switch
        {
            Constant => SendAsync(http, _constant),
            Signed => SignAsync(http, signer, signer.Elliptic()),
            SignedTwice => SignAsync(http, signer, signer.Elliptic(), signer.Rsa()),
            Stored => StoreAsync(http, signer, store),
            _ => NotFoundAsync(http),
        });
        await app.RunAsync();
    }

    private static async Task SignAsync(HttpContext http, LimitSigner signer, params LimitSigner.Algorithm[] algorithms)
    {
        var form = await ReadFormAsync(http);
        await SendTokensAsync(http, [.. algorithms.Select(a => signer.Sign(a, form["client_id"].ToString()))]);
    }

    private static async Task StoreAsync(HttpContext http, LimitSigner signer, InsertQueue store)
    {
        var form = await ReadFormAsync(http);
        await store.InsertAsync(form["refresh_token"].ToString());
        await SendTokensAsync(http, [signer.Sign(signer.Elliptic(), form["client_id"].ToString())]);
    }

    private static async Task<Dictionary<string, Microsoft.Extensions.Primitives.StringValues>> ReadFormAsync(HttpContext http) =>
        await new FormPipeReader(http.Request.BodyReader).ReadFormAsync();

    private static Task SendTokensAsync(HttpContext http, IReadOnlyList<string> tokens)
    {
        var json = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            foreach (var token in tokens)
            {
                writer.WriteStringValue(token);
            }

            writer.WriteEndArray();
        }

        return SendAsync(http, json.WrittenMemory);
    }

    private static Task SendAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json).AsTask();
    }

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
