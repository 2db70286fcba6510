using System.Text.Json.Nodes;
using KOauth.Journeys.Running;

namespace KOauth.Journeys.Browsers;

/// <summary>The little that a person needs of any browser: open a page, fill in what it asks, press its button, see where that leads.</summary>
internal abstract class DrivenBrowser : IAsyncDisposable
{
    /// <summary>Answers whatever page of ours is open, once, and tells where the browser is. Refused navigations are remembered on the page.</summary>
    private const string Answer = """
        (() => {
          const seen = { refused: window.refused, heading: document.querySelector('h1')?.innerText };
          const link = document.querySelector('a[href^="cursor:"]');
          if (link) { return { ...seen, link: link.href }; } // at once: that page leaves by itself in a moment
          if (document.readyState !== 'complete') { return null; }
          if (window.answered) { return seen; }
          const press = button => { window.answered = true; setTimeout(() => button.click()); };
          document.addEventListener('securitypolicyviolation', e => { window.refused = e.effectiveDirective + ' ' + e.blockedURI; });
          const password = document.querySelector('input[name=password]');
          const approve = document.querySelector('button[name=decision][value=approve]');
          if (password) {
            document.querySelector('input[name=email]').value = EMAIL;
            password.value = PASSWORD;
            press(password.form.querySelector('button'));
          } else if (approve) {
            press(approve);
          }
          return seen;
        })()
        """;

    /// <summary>What the console said against the page.</summary>
    public abstract IReadOnlyList<string> Complaints { get; }

    public abstract Task OpenAsync(Uri url, CancellationToken ct);

    /// <summary>Opens a popup from the page that is open, and goes on in it.</summary>
    public abstract Task OpenPopupAsync(Uri url, CancellationToken ct);

    /// <summary>The value of an expression in the page; null while it is between two pages.</summary>
    public abstract Task<JsonNode?> EvaluateAsync(string expression, CancellationToken ct);

    /// <summary>
    /// What the address bar shows. A page cannot be asked where it is once the browser has left for a scheme no program handles:
    /// WebKit then shows a page of its own, which calls itself about:blank.
    /// </summary>
    public abstract Task<string> PlaceAsync(CancellationToken ct);

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task UntilAsync(string expression, CancellationToken ct)
    {
        using var patience = Patience.Begin(ct);
        while (await EvaluateAsync(expression, patience.Token) is not JsonValue value || !value.GetValue<bool>())
        {
            await Task.Delay(Patience.Glance, patience.Token);
        }
    }

    /// <summary>Signs in, approves, and gives the URL at which the browser left the site, or would after a click on the link shown.</summary>
    public async Task<Uri> SignInAndApproveAsync(string site, CancellationToken ct)
    {
        var script = Answer.Replace("EMAIL", $"'{World.Email}'", StringComparison.Ordinal).Replace("PASSWORD", $"'{World.Password}'", StringComparison.Ordinal);
        using var patience = Patience.Begin(ct);
        JsonNode? seen = null;
        var place = "";
        try
        {
            while (true)
            {
                place = await PlaceAsync(patience.Token);
                if (place.Length > 0 && !place.StartsWith("about:", StringComparison.Ordinal) && !place.StartsWith(site, StringComparison.Ordinal))
                {
                    return new Uri(place);
                }

                seen = await EvaluateAsync(script, patience.Token) ?? seen;
                Assert.True(seen?["refused"] is null, $"the browser refused: {seen?["refused"]}");
                if (seen?["link"]?.GetValue<string>() is { } link)
                {
                    return new Uri(link);
                }

                await Task.Delay(Patience.Glance, patience.Token); // a page that is being replaced tells nobody
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The browser did not leave {place}: {seen}; {string.Join(' ', Complaints)}");
        }
    }

    public abstract ValueTask DisposeAsync();
}
