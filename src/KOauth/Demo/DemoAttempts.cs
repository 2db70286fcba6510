using System.Collections.Concurrent;
using KOauth.Protocol;
using Microsoft.AspNetCore.WebUtilities;

namespace KOauth.Demo;

/// <summary>Connections begun by hand: each waits at "the person is in the browser" until the callback brings its answer.</summary>
internal sealed class DemoAttempts(DemoWorld world, Randomness randomness)
{
    private const int MostWaiting = 20;

    private readonly ConcurrentDictionary<string, Attempt> _waiting = new();

    /// <summary>Begins a connection and gives the URL for the browser.</summary>
    public async Task<Uri> BeginAsync(CancellationToken ct)
    {
        if (_waiting.Count >= MostWaiting)
        {
            _waiting.Clear(); // a person who clicks on and on loses the oldest attempts, nothing else
        }

        var attempt = new Attempt();
        attempt.Connecting = ConnectAsync(attempt);
        var authorize = await attempt.Authorize.Task.WaitAsync(ct);
        _waiting[QueryHelpers.ParseQuery(authorize.Query)["state"].ToString()] = attempt;
        return authorize;
    }

    /// <summary>Hands the callback to its attempt and gives the page that tells how it ended.</summary>
    public async Task<string> EndAsync(Uri callback, CancellationToken ct)
    {
        if (!_waiting.TryRemove(QueryHelpers.ParseQuery(callback.Query)["state"].ToString(), out var attempt))
        {
            return DemoPage.Html("Start again", "This page was opened without a connection that waits for it.");
        }

        attempt.Callback.SetResult(callback);
        try
        {
            return DemoPage.Html("Connected", $"The tool list_notes answered: {await attempt.Connecting!.WaitAsync(ct)}");
        }
        catch (ClaudeSimException failed)
        {
            return DemoPage.Html("Not connected", $"It ended here: {failed.Message}.");
        }
    }

    private async Task<string> ConnectAsync(Attempt attempt)
    {
        using var http = new HttpClient();
        var client = new ClaudeSim(http, new ClaudeSimOptions(world.McpUrl, DemoPage.ClientId, null, DemoPage.RedirectUri(world)), randomness);
        try
        {
            var tokens = await client.ConnectAsync(
                (authorize, _) =>
                {
                    attempt.Authorize.SetResult(authorize);
                    return attempt.Callback.Task;
                },
                (_, _) => { },
                CancellationToken.None);
            return await ToolCall.RunAsync(http, world.McpUrl, tokens.AccessToken, "list_notes", new Dictionary<string, object?>(), CancellationToken.None);
        }
        catch (Exception failed)
        {
            attempt.Authorize.TrySetException(failed);
            throw;
        }
    }

    private sealed class Attempt
    {
        public TaskCompletionSource<Uri> Authorize { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Uri> Callback { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string>? Connecting { get; set; }
    }
}
