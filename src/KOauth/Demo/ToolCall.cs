using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace KOauth.Demo;

/// <summary>Calls a tool of an MCP server with a token, through the official SDK's client.</summary>
internal static class ToolCall
{
    public static async Task<string> RunAsync(
        HttpClient http, string mcpUrl, string accessToken, string tool, IReadOnlyDictionary<string, object?> arguments, CancellationToken ct)
    {
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = new Uri(mcpUrl),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {accessToken}" },
            },
            http,
            ownsHttpClient: false);
        await using var client = await McpClient.CreateAsync(transport, cancellationToken: ct);
        var result = await client.CallToolAsync(tool, arguments, cancellationToken: ct);
        var text = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        return result.IsError == true ? throw new ClaudeSimException($"the tool answered an error: {text}") : text;
    }
}
