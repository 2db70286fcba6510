using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace KOauth.Tests.People;

/// <summary>A browser at an address, as far as cookies go.</summary>
internal sealed class TestVisitor(string address = "203.0.113.7")
{
    public Dictionary<string, string> Cookies { get; } = [];

    public DefaultHttpContext Request(params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
        http.Request.Headers.Cookie = string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}"));
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return http;
    }

    public void Keep(HttpResponse response)
    {
        foreach (var cookie in SetCookieHeaderValue.ParseList([.. response.Headers.SetCookie.OfType<string>()]))
        {
            if (cookie.MaxAge == TimeSpan.Zero)
            {
                Cookies.Remove(cookie.Name.ToString());
            }
            else
            {
                Cookies[cookie.Name.ToString()] = cookie.Value.ToString();
            }
        }
    }
}
