using KOauth.Hosting;

namespace KOauth.Keys;

/// <summary>
/// Reads the document with an identity provider's keys, from where the administrator said and nowhere else: no redirects, bounded
/// in time and size.
/// </summary>
internal class KeyDocuments(IHttpClientFactory http)
{
    public const string ClientName = "issuer keys";
    public const int MaxBytes = 256 * 1024;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public virtual async Task<byte[]> ReadAsync(AssertionIssuer issuer, CancellationToken ct)
    {
        if (issuer.KeysAreInFile)
        {
            return new FileInfo(issuer.KeysAt) is { Exists: true, Length: > MaxBytes }
                ? throw new IOException($"The file has more than {MaxBytes} bytes.")
                : await File.ReadAllBytesAsync(issuer.KeysAt, ct);
        }

        using var client = http.CreateClient(ClientName);
        using var answer = await client.GetAsync(new Uri(issuer.KeysAt), ct);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync(ct)
            : throw new HttpRequestException($"the answer was {(int)answer.StatusCode}");
    }

    public static void Configure(IHttpClientBuilder builder) => builder
        .ConfigureHttpClient(client =>
        {
            client.Timeout = Patience;
            client.MaxResponseContentBufferSize = MaxBytes;
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
}
