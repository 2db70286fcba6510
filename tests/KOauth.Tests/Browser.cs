using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace KOauth.Tests;

/// <summary>What a person with a browser can do: follow links on our site, fill in forms, keep cookies. It stops where we send it elsewhere.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient _http;
    private readonly CookieContainer _cookies = new();
    private readonly string _site;

    public Browser(HttpMessageHandler server, string site)
    {
        _site = site;
        _http = new HttpClient(server, disposeHandler: false);
    }

    /// <summary>The page shown, or null when the browser was sent to another site.</summary>
    public IHtmlDocument? Page { get; private set; }

    /// <summary>Where the browser is.</summary>
    public Uri Location { get; private set; } = new("about:blank");

    public HttpStatusCode Status { get; private set; }

    public HttpResponseMessage Response { get; private set; } = new();

    public string Text => Page?.Body?.TextContent ?? "";

    public IEnumerable<Cookie> Cookies => _cookies.GetAllCookies();

    /// <summary>The parameters the browser carried to another site.</summary>
    public IReadOnlyDictionary<string, string> Carried => Query(Location);

    public void SetCookie(Cookie cookie) => _cookies.Add(cookie);

    public Task OpenAsync(string url, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, new Uri(new Uri(_site), url), null, headers);

    /// <summary>Presses a button of the page's form with the fields filled in.</summary>
    public Task SubmitAsync(string? button = null, params (string Name, string Value)[] fields)
    {
        var form = Form(button);
        var values = form.Elements.OfType<IHtmlInputElement>()
            .Where(i => !string.IsNullOrEmpty(i.Name) && i.Type is not ("submit" or "checkbox" or "radio"))
            .ToDictionary(i => i.Name!, i => i.Value);
        foreach (var (name, value) in fields)
        {
            Assert.True(values.ContainsKey(name), $"the form has no field {name}");
            values[name] = value;
        }

        if (button is not null)
        {
            var pressed = form.QuerySelector($"button[value='{button}']")!;
            values[pressed.GetAttribute("name")!] = button;
        }

        return PostAsync(form.GetAttribute("action") is { Length: > 0 } action ? action : Location.ToString(), values);
    }

    public Task PostAsync(string url, IEnumerable<KeyValuePair<string, string>> fields, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, new Uri(Location.IsAbsoluteUri && Location.Scheme.StartsWith("http", StringComparison.Ordinal) ? Location : new Uri(_site), url), new FormUrlEncodedContent(fields), headers);

    public string Field(string name) => Page!.QuerySelector<IHtmlInputElement>($"input[name='{name}']")!.Value;

    public async Task SignInAsync(string email, string password)
    {
        await OpenAsync($"{_site}/account/login");
        await SubmitAsync(null, ("email", email), ("password", password));
    }

    public void Dispose() => _http.Dispose();

    public static Dictionary<string, string> Query(Uri url) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query)
        .ToDictionary(p => p.Key, p => Assert.Single(p.Value)!);

    private IHtmlFormElement Form(string? button) => Page!.Forms.Single(f =>
        button is null ? f.QuerySelector("input:not([type=hidden])") is not null : f.QuerySelector($"button[value='{button}']") is not null);

    private async Task SendAsync(HttpMethod method, Uri url, HttpContent? content, params (string Name, string Value)[] headers)
    {
        for (var hops = 0; hops < 10; hops++)
        {
            using var request = new HttpRequestMessage(method, url) { Content = content };
            var cookies = _cookies.GetCookieHeader(url);
            if (cookies.Length > 0)
            {
                request.Headers.Add("Cookie", cookies);
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            Response = await _http.SendAsync(request);
            Status = Response.StatusCode;
            Location = url;
            foreach (var cookie in Response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                _cookies.SetCookies(url, cookie.Replace("; samesite=lax", "", StringComparison.OrdinalIgnoreCase));
            }

            if (Response.Headers.Location is not { } next)
            {
                Page = Response.Content.Headers.ContentType?.MediaType == "text/html"
                    ? (IHtmlDocument)await BrowsingContext.New().OpenAsync(
                        async r => r.Content(await Response.Content.ReadAsStringAsync()).Address(url))
                    : null;
                return;
            }

            url = new Uri(url, next);
            method = HttpMethod.Get; // all our redirects are 303
            content = null;
            headers = [];
            if (!url.ToString().StartsWith(_site, StringComparison.Ordinal))
            {
                Location = url;
                Page = null;
                return;
            }
        }

        Assert.Fail($"redirected in circles, last to {url}");
    }
}
