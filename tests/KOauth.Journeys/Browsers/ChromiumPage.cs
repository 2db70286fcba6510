using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace KOauth.Journeys.Browsers;

internal sealed class ChromiumPage : DrivenBrowser
{
    private readonly List<string> _complaints = [];
    private IPage _page;

    public ChromiumPage(IPage page)
    {
        _page = page;
        page.Context.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                lock (_complaints)
                {
                    _complaints.Add(message.Text);
                }
            }
        };
    }

    public override IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    public override Task OpenAsync(Uri url, CancellationToken ct) => _page.GotoAsync(url.ToString());

    public override async Task OpenPopupAsync(Uri url, CancellationToken ct) =>
        _page = await _page.RunAndWaitForPopupAsync(() => _page.EvaluateAsync($"void window.open('{url}', 'signin', 'width=500,height=700')"));

    public override async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken ct)
    {
        try
        {
            return JsonNode.Parse(await _page.EvaluateAsync<string>($"JSON.stringify({expression})") ?? "null");
        }
        catch (PlaywrightException)
        {
            return null; // the page went away while it was asked
        }
    }

    public override Task<string> PlaceAsync(CancellationToken ct) => Task.FromResult(_page.Url);

    public override async ValueTask DisposeAsync() => await _page.Context.CloseAsync();
}
