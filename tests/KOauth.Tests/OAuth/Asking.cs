using System.Net.Http.Headers;
using System.Text;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.OAuth;

/// <summary>What clients and MCP servers ask about tokens that exist.</summary>
internal static class Asking
{
    /// <summary>A credential for the server of a resource, as <c>koauth resource secret rotate</c> makes it.</summary>
    public static async Task<ResourceCredential> CredentialAsync(this KOauthApp koauth, string resource = KOauthApp.NotesUri, TimeSpan? overlap = null)
    {
        Assert.True(ResourceUri.Parse(resource).Ok(out var uri, out _));
        var made = await koauth.Services.GetRequiredService<ResourceRegistry>().RotateSecretAsync(uri, overlap ?? TimeSpan.Zero, "test", TestContext.Current.CancellationToken);
        Assert.True(made.Ok(out var credential, out _));
        return credential;
    }

    public static Task<TokenReply> IntrospectAsync(this KOauthApp koauth, string? token, ResourceCredential credential) =>
        koauth.PostAsync("/oauth/introspect", $"{credential.Id}:{credential.Secret}", ("token", token));

    public static Task<TokenReply> IntrospectByClientAsync(this KOauthApp koauth, string? token, string clientId = "app", string? secret = null) =>
        koauth.PostAsync("/oauth/introspect", null, ("token", token), ("client_id", clientId), ("client_secret", secret ?? KOauthApp.SecretOf(clientId)));

    public static Task<TokenReply> RevokeAsync(this KOauthApp koauth, string? token, string clientId = "app", bool isPublic = false) =>
        koauth.PostAsync("/oauth/revoke", null, ("token", token), ("client_id", clientId), ("client_secret", isPublic ? null : KOauthApp.SecretOf(clientId)));

    public static async Task<TokenReply> PostAsync(this KOauthApp koauth, string path, string? basic, params (string Name, string? Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Name, f.Value!))),
        };
        if (basic is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        return await TokenReply.ReadAsync(await koauth.Http.SendAsync(request));
    }

    public static bool IsActive(this TokenReply reply) => reply.Json.GetProperty("active").GetBoolean();

    /// <summary>Exactly this and nothing more.</summary>
    public static void IsInactive(this TokenReply reply) => Assert.Equal("""{"active":false}""", reply.Json.GetRawText());
}
