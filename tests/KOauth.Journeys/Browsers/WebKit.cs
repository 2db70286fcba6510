using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KOauth.Journeys.Running;

namespace KOauth.Journeys.Browsers;

/// <summary>WebKit as in Safari, in GTK's clothes: its own W3C WebDriver, with a screen that nobody looks at.</summary>
internal sealed class WebKit : DrivenBrowser
{
    private readonly RunningProgram _screen;
    private readonly RunningProgram _driver;
    private readonly HttpClient _http;
    private string _session = "";

    private WebKit(RunningProgram screen, RunningProgram driver, int port)
    {
        _screen = screen;
        _driver = driver;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = Patience.Long };
    }

    /// <summary>It tells nobody its console. A refused navigation is noticed on the page itself.</summary>
    public override IReadOnlyList<string> Complaints => [];

    public static async Task<WebKit> StartAsync(CancellationToken ct)
    {
        Tool.WebKit.Need();
        Tool.Screen.Need();
        using var patience = Patience.Begin(ct);
        var screen = RunningProgram.Start(Tool.Screen.File, ["-displayfd", "1", "-screen", "0", "1100x800x24", "-nolisten", "tcp"]);
        while (screen.Output.Length == 0)
        {
            await Task.Delay(Patience.Glance, patience.Token); // it writes the number of the display it found free
        }

        var port = FreePort.Next();
        var driver = RunningProgram.Start(
            Tool.WebKit.File,
            [$"--port={port}", "--host=127.0.0.1"],
            new Dictionary<string, string?>
            {
                ["DISPLAY"] = $":{screen.Output.Trim()}",
                ["GDK_BACKEND"] = "x11",
                ["WEBKIT_DISABLE_COMPOSITING_MODE"] = "1",
                ["NO_AT_BRIDGE"] = "1",
            });
        var webkit = new WebKit(screen, driver, port);
        await webkit.BeginAsync(patience.Token);
        return webkit;
    }

    public override Task OpenAsync(Uri url, CancellationToken ct) => SendAsync("url", new { url = url.ToString() }, ct);

    public override async Task OpenPopupAsync(Uri url, CancellationToken ct)
    {
        // It opens windows only for a click, and only for a real one.
        var before = await WindowsAsync(ct);
        await EvaluateAsync($"document.body.innerHTML = '<button>Sign in</button>', document.querySelector('button').onclick = () => window.open('{url}', 'signin', 'width=500,height=700'), 1", ct);
        var button = await SendAsync("element", new Dictionary<string, string> { ["using"] = "css selector", ["value"] = "button" }, ct);
        await SendAsync($"element/{button!.AsObject().Single().Value}/click", new { }, ct);
        await SendAsync("window", new { handle = (await WindowsAsync(ct)).Except(before).Single() }, ct);
    }

    public override async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken ct)
    {
        try
        {
            var answer = await SendAsync("execute/sync", new { script = $"return JSON.stringify({expression})", args = Array.Empty<object>() }, ct)
                .WaitAsync(Patience.OneAnswer, ct);
            return answer?.GetValue<string>() is { } text ? JsonNode.Parse(text) : null;
        }
        catch (Exception gone) when (gone is InvalidOperationException or TimeoutException)
        {
            return null; // the page went away while it was asked
        }
    }

    public override async Task<string> PlaceAsync(CancellationToken ct) => (await ReadAsync("url", ct))?.GetValue<string>() ?? "";

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _driver.DisposeAsync();
        await _screen.DisposeAsync();
    }

    private async Task BeginAsync(CancellationToken ct)
    {
        var wanted = new { capabilities = new { alwaysMatch = new { acceptInsecureCerts = true } } };
        while (true)
        {
            try
            {
                using var answer = await _http.PostAsJsonAsync("session", wanted, ct);
                var value = (await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["value"]!;
                _session = value["sessionId"]?.GetValue<string>() ?? throw new InvalidOperationException($"WebKit did not start: {value}");
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(Patience.Glance, ct); // it does not listen yet
            }
        }
    }

    private async Task<IReadOnlyList<string>> WindowsAsync(CancellationToken ct) =>
        [.. (await ReadAsync("window/handles", ct))!.AsArray().Select(handle => handle!.GetValue<string>())];

    private async Task<JsonNode?> ReadAsync(string what, CancellationToken ct)
    {
        using var answer = await _http.GetAsync($"session/{_session}/{what}", ct);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["value"];
    }

    private async Task<JsonNode?> SendAsync(string command, object parameters, CancellationToken ct)
    {
        using var answer = await _http.PostAsJsonAsync($"session/{_session}/{command}", parameters, ct);
        var value = (await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["value"];
        return answer.IsSuccessStatusCode ? value : throw new InvalidOperationException($"WebKit refused {command}: {value}");
    }
}
