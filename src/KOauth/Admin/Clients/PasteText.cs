using System.CommandLine;
using KOauth.Clients;
using KOauth.Hosting;

namespace KOauth.Admin.Clients;

/// <summary>What to paste where, and what to do next, for somebody who has just made a client.</summary>
internal static class PasteText
{
    private static readonly PastePlace _anywhere = new("the app", "MCP server URL", "Client ID", "Client secret");

    public static void PrintPasteText(this ParseResult command, RegisteredClient registered, IReadOnlyList<string> mcpUrls)
    {
        var client = registered.Client;
        var preset = Presets.Of(client);
        var place = preset?.Paste ?? _anywhere;
        var app = preset?.Name ?? "the app";
        var output = command.Output();
        output.WriteLine();
        output.WriteLine($"Paste into {place.Where}");
        List<string[]> rows = [];
        rows.AddRange(mcpUrls.DefaultIfEmpty("the address of your MCP server").Select((url, i) => (string[])["  " + (i == 0 ? place.Url : "or"), url]));
        rows.Add(["  " + place.ClientId, client.ClientId]);
        if (registered.Secret is { } secret)
        {
            rows.Add(["  " + (place.ClientSecret ?? _anywhere.ClientSecret), secret]);
        }

        command.PrintColumns(rows);
        output.WriteLine();
        if (registered.Secret is not null)
        {
            output.WriteLine($"The secret is shown this once and cannot be read again. A new one: koauth client secret rotate {client.ClientId}");
            output.WriteLine();
        }

        string[] steps =
        [
            .. mcpUrls.Count == 0 ? (string[])["Tell KOauth which MCP server its tokens are for: koauth resource register https://your-mcp-server.com"] : [],
            $"Connect in {app}, sign in here, approve.",
            $"If it does not connect, see why: koauth diagnose --client-id {client.ClientId}",
        ];
        output.WriteLine("Next");
        for (var i = 0; i < steps.Length; i++)
        {
            output.WriteLine($"  {i + 1}. {steps[i]}");
        }
    }
}
