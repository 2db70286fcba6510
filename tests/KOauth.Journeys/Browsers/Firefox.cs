using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KOauth.Journeys.Running;

namespace KOauth.Journeys.Browsers;

/// <summary>Firefox, spoken to in its own tongue, WebDriver BiDi: Debian has no geckodriver, and this needs none.</summary>
internal sealed partial class Firefox : DrivenBrowser
{
    /// <summary>Nothing but the page: every question it would put to the world about a host is one more answer to wait for.</summary>
    private const string Preferences = """
        user_pref("app.normandy.enabled", false);
        user_pref("app.update.disabledForTesting", true);
        user_pref("browser.shell.checkDefaultBrowser", false);
        user_pref("browser.safebrowsing.malware.enabled", false);
        user_pref("browser.safebrowsing.phishing.enabled", false);
        user_pref("datareporting.policy.dataSubmissionEnabled", false);
        user_pref("dom.disable_open_during_load", false);
        user_pref("dom.security.https_first", false);
        user_pref("network.captive-portal-service.enabled", false);
        user_pref("network.connectivity-service.enabled", false);
        user_pref("network.dns.disablePrefetch", true);
        user_pref("network.dns.native_https_query", false);
        user_pref("network.dns.upgrade_with_https_rr", false);
        user_pref("network.dns.use_https_rr_as_altsvc", false);
        user_pref("network.http.speculative-parallel-limit", 0);
        user_pref("network.prefetch-next", false);
        user_pref("network.trr.mode", 5);
        user_pref("security.OCSP.enabled", 0);
        user_pref("services.settings.server", "data:,");
        """;

    private readonly TemporaryDirectory _profile;
    private readonly RunningProgram _program;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly SemaphoreSlim _sending = new(1);
    private string _context = "";
    private int _last;

    private Firefox(TemporaryDirectory profile, RunningProgram program)
    {
        _profile = profile;
        _program = program;
    }

    public override IReadOnlyList<string> Complaints => [.. _complaints];

    public static async Task<Firefox> StartAsync(CancellationToken ct)
    {
        Tool.Firefox.Need();
        using var patience = Patience.Begin(ct);
        var profile = new TemporaryDirectory();
        await File.WriteAllTextAsync(profile.Below("user.js"), Preferences, ct);
        var program = RunningProgram.Start(
            Tool.Firefox.File, ["--headless", "--no-remote", "--profile", profile.Path, "--remote-debugging-port=0", "about:blank"]);
        var firefox = new Firefox(profile, program);
        var said = await program.SaysAsync("WebDriver BiDi listening on ", patience.Token);
        await firefox._socket.ConnectAsync(new Uri($"{Listening().Match(said).Value}/session"), patience.Token);
        _ = firefox.ListenAsync();
        await firefox.SendAsync("session.new", """{ "capabilities": { "alwaysMatch": { "acceptInsecureCerts": true } } }""", patience.Token);
        await firefox.SendAsync("session.subscribe", """{ "events": [ "log.entryAdded" ] }""", patience.Token);
        var report = "() => document.addEventListener('securitypolicyviolation', e => console.error('refused ' + e.effectiveDirective + ' ' + e.blockedURI))";
        await firefox.SendAsync("script.addPreloadScript", Json(new { functionDeclaration = report }), patience.Token);
        firefox._context = (await firefox.ContextsAsync(patience.Token)).Single();
        return firefox;
    }

    public override Task OpenAsync(Uri url, CancellationToken ct) =>
        SendAsync("browsingContext.navigate", Json(new { context = _context, url = url.ToString(), wait = "none" }), ct);

    public override async Task OpenPopupAsync(Uri url, CancellationToken ct)
    {
        var before = await ContextsAsync(ct);
        await EvaluateAsync($"void window.open('{url}', 'signin', 'width=500,height=700')", ct);
        _context = (await ContextsAsync(ct)).Except(before).Single();
    }

    public override async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken ct)
    {
        try
        {
            var answer = await SendAsync(
                "script.evaluate",
                Json(new { expression = $"JSON.stringify({expression})", target = new { context = _context }, awaitPromise = false }),
                ct).WaitAsync(Patience.OneAnswer, ct);
            return answer["result"]?["value"]?.GetValue<string>() is { } text ? JsonNode.Parse(text) : null;
        }
        catch (Exception gone) when (gone is InvalidOperationException or TimeoutException)
        {
            return null; // the page went away while it was asked; at times Firefox then never answers
        }
    }

    public override async Task<string> PlaceAsync(CancellationToken ct) =>
        (await TreeAsync(ct)).FirstOrDefault(c => c!["context"]!.GetValue<string>() == _context)?["url"]?.GetValue<string>() ?? "";

    public override async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _socket.Dispose();
        _sending.Dispose();
        _profile.Dispose();
    }

    private static string Json(object value) => JsonSerializer.Serialize(value);

    private async Task<IReadOnlyList<string>> ContextsAsync(CancellationToken ct) =>
        [.. (await TreeAsync(ct)).Select(c => c!["context"]!.GetValue<string>())];

    private async Task<JsonArray> TreeAsync(CancellationToken ct) => (await SendAsync("browsingContext.getTree", "{}", ct))["contexts"]!.AsArray();

    private async Task<JsonNode> SendAsync(string method, string parameters, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _last);
        var waiting = _waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _sending.WaitAsync(ct);
        try
        {
            var message = $$"""{ "id": {{id}}, "method": "{{method}}", "params": {{parameters}} }""";
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }

        var answer = await waiting.Task.WaitAsync(ct);
        return answer["result"] ?? throw new InvalidOperationException($"Firefox refused {method}: {answer["error"]} {answer["message"]}");
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Hear(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception ended) when (ended is WebSocketException or ObjectDisposedException or JsonException)
        {
            foreach (var waiting in _waiting.Values)
            {
                waiting.TrySetException(new InvalidOperationException("Firefox has ended.", ended));
            }
        }
    }

    private void Hear(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id && _waiting.TryRemove(id, out var waiting))
        {
            waiting.SetResult(message);
        }
        else if (message["method"]?.GetValue<string>() == "log.entryAdded" && message["params"]!["level"]!.GetValue<string>() is "error" or "warn")
        {
            _complaints.Enqueue(message["params"]!["text"]?.GetValue<string>() ?? message.ToJsonString());
        }
    }

    [GeneratedRegex(@"ws://[0-9.:]+")]
    private static partial Regex Listening();
}
