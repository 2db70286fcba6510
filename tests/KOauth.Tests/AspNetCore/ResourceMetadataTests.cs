using System.Net;
using System.Text.Json.Nodes;
using KOauth.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.AspNetCore;

/// <summary>RFC 9728: the document that leads clients from the resource to its authorization server.</summary>
public sealed class ResourceMetadataTests
{
    [Theory]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    [InlineData("/.well-known/oauth-protected-resource/mcp/")]
    public async Task The_document_lies_at_the_root_and_behind_the_path(string address)
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, address));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(
            """{"resource":"https://notes.example/mcp","authorization_servers":["https://auth.example"],"scopes_supported":["notes:read","notes:write"],"bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["ES256","PS256","RS256"]}""",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_resource_never_comes_from_the_host_header()
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Get, "/.well-known/oauth-protected-resource");
        message.Headers.Host = "evil.example";
        message.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        using var call = ProtectedApp.Message(HttpMethod.Post, "/mcp", body: "{}");
        call.Headers.Host = "evil.example";

        using var document = await app.SendAsync(message);
        using var challenge = await app.SendAsync(call);

        Assert.DoesNotContain("evil", await document.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("evil", challenge.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_of_another_resource_does_not_exist()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/.well-known/oauth-protected-resource/other"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task No_policy_of_the_application_locks_the_document()
    {
        await using var app = ProtectedApp.Empty(
            _ => { },
            customize: builder => builder.Services.AddAuthorizationBuilder()
                .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));
        await app.RunAsync();

        using var answer = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/.well-known/oauth-protected-resource/mcp"));
        using var elsewhere = await app.SendAsync(ProtectedApp.Message(HttpMethod.Get, "/elsewhere"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
    }

    [Fact]
    public async Task The_document_can_only_be_read()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.PostAsync(token: null, path: "/.well-known/oauth-protected-resource");
        using var head = await app.SendAsync(ProtectedApp.Message(HttpMethod.Head, "/.well-known/oauth-protected-resource"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Fact]
    public async Task Name_documentation_and_scopes_can_be_chosen()
    {
        await using var app = await ProtectedApp.StartAsync(options =>
        {
            options.ResourceName = "Notes";
            options.ResourceDocumentation = "https://notes.example/help";
            options.Scopes.Add("notes:read");
        });

        var document = JsonNode.Parse(await app.Http.GetStringAsync(
            new Uri("/.well-known/oauth-protected-resource", UriKind.Relative), TestContext.Current.CancellationToken))!;

        Assert.Equal("Notes", (string?)document["resource_name"]);
        Assert.Equal("https://notes.example/help", (string?)document["resource_documentation"]);
        Assert.Equal("""["notes:read"]""", document["scopes_supported"]!.ToJsonString());
    }

    [Theory]
    [InlineData("https://notes.example", "/mcp", "https://notes.example/mcp", "/mcp")]
    [InlineData("https://notes.example/", "/mcp/", "https://notes.example/mcp", "/mcp")]
    [InlineData("https://notes.example/mcp", "/mcp", "https://notes.example/mcp", "/mcp")]
    [InlineData("https://example.com/notes", "/mcp", "https://example.com/notes/mcp", "/notes/mcp")]
    [InlineData("https://notes.example", "", "https://notes.example", "")]
    [InlineData("http://mcp", "/mcp", "http://mcp/mcp", "/mcp")]
    public async Task The_resource_is_the_base_and_the_path(string baseUrl, string path, string resource, string suffix)
    {
        await using var app = ProtectedApp.Empty(
            web => web.MapPost("/mcp", () => "").RequireScope("notes:read"),
            options => (options.BaseUrl, options.Path) = (baseUrl, path));
        await app.RunAsync();

        var document = JsonNode.Parse(await app.Http.GetStringAsync(
            new Uri("/.well-known/oauth-protected-resource" + suffix, UriKind.Relative), TestContext.Current.CancellationToken))!;
        using var refused = await app.PostAsync(token: null);
        using var accepted = await app.PostAsync(app.Server.Token("notes:read", payload: p => p["aud"] = resource));

        Assert.Equal(resource, (string?)document["resource"]);
        Assert.EndsWith($"/.well-known/oauth-protected-resource{suffix}\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task Tokens_may_name_the_resource_differently_when_the_options_say_so()
    {
        await using var app = await ProtectedApp.StartAsync(options => options.Audience = "notes-api");

        using var named = await app.PostAsync(app.Server.Token(payload: p => p["aud"] = "notes-api"));
        using var resource = await app.PostAsync(app.Server.Token());

        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, resource.StatusCode);
    }
}
