using System.CommandLine;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth.Demo;

internal sealed class DemoCommand : Command
{
    private readonly Option<bool> _once = new("--once") { Description = "End after the scripted connection instead of staying up." };

    public DemoCommand()
        : base("demo", "Show it: a server, a protected MCP server, a client that connects and calls a tool. Needs nothing, leaves nothing.")
    {
        Add(_once);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult command, CancellationToken ct)
    {
        if (command.DataDirectory() is not null)
        {
            throw new CommandRefusedException("The demo uses a temporary directory of its own. Leave out --data, or run: koauth serve --data DIR");
        }

        var say = new DemoText(command.Output());
        await using var world = await DemoWorld.StartAsync(new Randomness(), ct);
        say.World(world);
        try
        {
            await ConnectAsync(world, say, ct);
        }
        catch (Exception failed) when (failed is ClaudeSimException or HttpRequestException)
        {
            await command.Error().WriteLineAsync($"The client could not connect: {failed.Message}.");
            return 1;
        }

        if (command.GetValue(_once))
        {
            return 0;
        }

        say.TryYourself(world);
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is how this ends.
        }

        return 0;
    }

    private static async Task ConnectAsync(DemoWorld world, DemoText say, CancellationToken ct)
    {
        using var http = new HttpClient();
        using var person = new ScriptedPerson(DemoWorld.Email, world.Password);
        var claude = new ClaudeSim(http, new ClaudeSimOptions(world.McpUrl, DemoWorld.ClientId, world.ClientSecret, DemoWorld.ClaudeRedirectUri), new Randomness());

        say.Heading("A client connects as Claude does");
        var tokens = await claude.ConnectAsync(person.SignInAndApproveAsync, say.Step, ct);
        var added = await ToolCall.RunAsync(http, world.McpUrl, tokens.AccessToken, "add_note", new Dictionary<string, object?> { ["text"] = "It works." }, ct);
        say.Step("tool called", $"add_note answered {added}");
        var fresh = await claude.RefreshAsync(tokens, ct);
        var listed = await ToolCall.RunAsync(http, world.McpUrl, fresh.AccessToken, "list_notes", new Dictionary<string, object?>(), ct);
        say.Step("tokens refreshed", $"list_notes answered {listed}");
    }
}
