using System.Net;
using System.Text.Json.Nodes;
using KOauth.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace KOauth.Tests.AspNetCore;

/// <summary>Tools that need more than their endpoint.</summary>
public sealed class ToolScopeTests
{
    [Fact]
    public async Task A_tool_without_its_scope_asks_for_everything_the_call_needs()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.CallToolAsync(app.Server.Token("notes:read"), "add_note", """{"text":"x"}""");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var challenge = answer.Headers.WwwAuthenticate.ToString();
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"notes:read notes:write\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"resource_metadata=\"{ProtectedApp.MetadataUrl}\"", challenge, StringComparison.Ordinal);
        Assert.Empty((await NotesAsync(app))!.AsArray());
    }

    [Fact]
    public async Task The_scope_of_the_endpoint_is_needed_for_every_tool()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.CallToolAsync(app.Server.Token("notes:write"), "add_note", """{"text":"x"}""");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("scope=\"notes:read notes:write\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_needs_no_more_than_the_endpoint()
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.CallToolAsync(app.Server.Token("notes:read"), "list_notes");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_of_the_official_SDK_lists_and_calls_tools()
    {
        await using var app = await ProtectedApp.StartAsync();
        await using var client = await ConnectAsync(app, app.Server.Token());

        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        var added = await client.CallToolAsync("add_note", new Dictionary<string, object?> { ["text"] = "buy milk" }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["add_note", "delete_note", "list_notes"], tools.Select(tool => tool.Name).Order());
        Assert.NotEqual(true, added.IsError);
        Assert.Equal("buy milk", (string?)(await NotesAsync(app))![0]!["text"]);
    }

    [Fact]
    public async Task Tools_out_of_reach_stay_in_the_list_so_that_clients_can_ask_for_more()
    {
        await using var app = await ProtectedApp.StartAsync();
        await using var client = await ConnectAsync(app, app.Server.Token("notes:read"));

        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(tools, tool => tool.Name == "add_note");
    }

    [Fact]
    public async Task Everybody_has_notes_of_their_own()
    {
        await using var app = await ProtectedApp.StartAsync();
        using var added = await app.CallToolAsync(app.Server.Token(), "add_note", """{"text":"mine"}""");
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);

        using var others = await app.CallToolAsync(app.Server.Token(payload: p => p["sub"] = "bob"), "list_notes");

        Assert.DoesNotContain("mine", await others.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"add_note","arguments":{"text":"x"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"tools/list","params":{"name":"add_note","arguments":{"text":"x"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_notes","name":"add_note","arguments":{"text":"x"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note","name":"list_notes","arguments":{"text":"x"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"\u006eame":"add_note","arguments":{"text":"x"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"Method":"tools/call","params":{"Name":"add_note","arguments":{"text":"x"}}}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note","arguments":{"text":"x"}}}]""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"add_note","arguments":{"text":"x"}}}""")]
    public async Task However_a_call_is_twisted_the_tool_does_not_run(string body)
    {
        await using var app = await ProtectedApp.StartAsync();

        using var answer = await app.PostAsync(app.Server.Token("notes:read"), body);

        Assert.Empty((await NotesAsync(app))!.AsArray());
    }

    [Fact]
    public async Task A_call_in_another_character_set_does_not_run_the_tool_either()
    {
        await using var app = await ProtectedApp.StartAsync();
        using var message = ProtectedApp.Message(HttpMethod.Post, "/mcp", app.Server.Token("notes:read"));
        message.Content = new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note","arguments":{"text":"x"}}}""",
            System.Text.Encoding.Unicode,
            "application/json");

        using var answer = await app.SendAsync(message);

        Assert.Contains("This needs the scopes", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty((await NotesAsync(app))!.AsArray());
    }

    [Fact]
    public async Task A_tool_is_protected_even_where_its_endpoint_is_not()
    {
        await using var app = Vault(web => web.MapMcp("/mcp"));
        await app.RunAsync();

        using var nobody = await app.CallToolAsync(token: null, "open");
        using var somebody = await app.CallToolAsync(app.Server.Token("other"), "open");
        using var owner = await app.CallToolAsync(app.Server.Token("vault:open"), "open");

        Assert.DoesNotContain("gold", await TextAsync(nobody), StringComparison.Ordinal);
        Assert.DoesNotContain("gold", await TextAsync(somebody), StringComparison.Ordinal);
        Assert.Contains("gold", await TextAsync(owner), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_for_any_signed_in_user_asks_for_the_scopes_of_the_tool()
    {
        await using var app = Vault(web => web.MapMcp("/mcp").RequireAuthorization());
        await app.RunAsync();

        using var answer = await app.CallToolAsync(app.Server.Token("other"), "open");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("scope=\"vault:open\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompts_and_resources_are_protected_like_tools()
    {
        await using var app = Vault(web => web.MapMcp("/mcp").RequireAuthorization());
        await app.RunAsync();

        using var prompt = await app.PostAsync(app.Server.Token("other"), """{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"plan"}}""");
        using var resource = await app.PostAsync(app.Server.Token("other"), """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"vault://box/7"}}""");
        using var owner = await app.PostAsync(app.Server.Token("vault:look"), """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"vault://box/7"}}""");

        Assert.Contains("scope=\"vault:plan\"", prompt.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("scope=\"vault:look\"", resource.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("silver", await TextAsync(owner), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_of_a_tool_can_be_given_in_code()
    {
        await using var app = ProtectedApp.Empty(
            web => web.MapMcp("/mcp").RequireAuthorization(),
            customize: builder => builder.Services.AddMcpServer().WithHttpTransport().WithTools(
            [
                McpServerTool.Create(() => "gold", new() { Name = "open", Metadata = [new RequireScopeAttribute("vault:open")] }),
            ]));
        await app.RunAsync();

        using var answer = await app.CallToolAsync(app.Server.Token("other"), "open");

        Assert.Contains("scope=\"vault:open\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    private static ProtectedApp Vault(Action<WebApplication> map) => ProtectedApp.Empty(
        map,
        customize: builder => builder.Services.AddMcpServer().WithHttpTransport().WithTools<VaultTools>().WithPrompts<VaultTools>().WithResources<VaultTools>());

    private static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static async Task<JsonNode?> NotesAsync(ProtectedApp app)
    {
        await using var client = await ConnectAsync(app, app.Server.Token());
        var notes = await client.CallToolAsync("list_notes", cancellationToken: TestContext.Current.CancellationToken);
        return JsonNode.Parse(Assert.IsType<TextContentBlock>(Assert.Single(notes.Content)).Text);
    }

    private static Task<McpClient> ConnectAsync(ProtectedApp app, string token)
    {
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = new Uri(ProtectedApp.Resource),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
            },
            app.Http,
            ownsHttpClient: true);
        return McpClient.CreateAsync(transport, cancellationToken: TestContext.Current.CancellationToken);
    }

    private sealed class VaultTools
    {
        [McpServerTool(Name = "open"), RequireScope("vault:open")]
        public static string Open() => "gold";

        [McpServerPrompt(Name = "plan"), RequireScope("vault:plan")]
        public static string Plan() => "bring a rope";

        [McpServerResource(UriTemplate = "vault://box/{number}", Name = "box"), RequireScope("vault:look")]
        public static string Look(string number) => $"silver {number}";
    }
}
