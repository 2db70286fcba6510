using System.Net;
using System.Text.RegularExpressions;

namespace KOauth.Demo;

/// <summary>
/// A person who signs in and approves on the real pages, with cookies and forms and no script, until the browser leaves for the
/// client. That last URL is read and not opened.
/// </summary>
internal sealed partial class ScriptedPerson : IDisposable
{
    private readonly string _email;
    private readonly string _password;
    private readonly HttpClient _browser;
    private readonly CookieContainer _cookies = new();

    public ScriptedPerson(string email, string password, HttpMessageHandler? network = null)
    {
        _email = email;
        _password = password;
        _browser = new HttpClient(network ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, disposeHandler: network is null);
    }

    public async Task<Uri> SignInAndApproveAsync(Uri authorize, CancellationToken ct)
    {
        var site = authorize.GetLeftPart(UriPartial.Authority);
        using var first = new HttpRequestMessage(HttpMethod.Get, authorize);
        var (url, page) = await SendAsync(first, site, ct);
        for (var pages = 0; page is not null; pages++)
        {
            if (pages == 5)
            {
                throw new ClaudeSimException($"the pages do not come to an end; the last was {url.AbsolutePath}");
            }

            (url, page) = await SendAsync(FillIn(url, page), site, ct);
        }

        return url;
    }

    /// <summary>What this browser would send to the site by now.</summary>
    public string Cookies(Uri site) => _cookies.GetCookieHeader(site);

    public void Dispose() => _browser.Dispose();

    private HttpRequestMessage FillIn(Uri url, string page)
    {
        var fields = HiddenField().Matches(page)
            .ToDictionary(m => WebUtility.HtmlDecode(m.Groups["name"].Value), m => WebUtility.HtmlDecode(m.Groups["value"].Value));
        switch (url.AbsolutePath)
        {
            case var path when path.EndsWith("/account/login", StringComparison.Ordinal):
                fields["email"] = _email;
                fields["password"] = _password;
                break;
            case var path when path.EndsWith("/account/consent", StringComparison.Ordinal):
                fields["decision"] = "approve";
                break;
            default:
                throw new ClaudeSimException($"an unexpected page at {url.AbsolutePath}");
        }

        return new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields) };
    }

    /// <summary>Follows redirects within the site. No page means the browser left it.</summary>
    private async Task<(Uri Url, string? Page)> SendAsync(HttpRequestMessage request, string site, CancellationToken ct)
    {
        for (var hops = 0; hops < 10; hops++)
        {
            if (_cookies.GetCookieHeader(request.RequestUri!) is { Length: > 0 } cookies)
            {
                request.Headers.Add("Cookie", cookies);
            }

            using var response = await _browser.SendAsync(request, ct);
            var url = request.RequestUri!;
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                _cookies.SetCookies(url, cookie);
            }

            if (response.Headers.Location is not { } next)
            {
                return response.IsSuccessStatusCode
                    ? (url, await response.Content.ReadAsStringAsync(ct))
                    : throw new ClaudeSimException($"{url.AbsolutePath} answered {(int)response.StatusCode}");
            }

            next = new Uri(url, next);
            if (!next.ToString().StartsWith(site, StringComparison.Ordinal))
            {
                return (next, null);
            }

            request = new HttpRequestMessage(HttpMethod.Get, next);
        }

        throw new ClaudeSimException("redirected in circles");
    }

    [GeneratedRegex("""<input(?=[^>]*type="hidden")(?=[^>]*name="(?<name>[^"]*)")(?=[^>]*value="(?<value>[^"]*)")[^>]*>""")]
    private static partial Regex HiddenField();
}
