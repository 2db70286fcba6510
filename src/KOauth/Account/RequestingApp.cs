using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.Account;

/// <summary>
/// How a page names the application that asks. What the application says of itself is shown as its own words; what this server
/// knows of it, a host or an administrator's word, is shown as knowledge (CI-21, CO-07).
/// </summary>
/// <param name="Title">What headings call it: the host that vouches for it, else its name, in quotation marks if only it says so.</param>
/// <param name="Name">What it calls itself, or what the administrator called it.</param>
/// <param name="IsSelfAsserted">Nobody but itself vouches for it.</param>
internal sealed record RequestingApp(string Title, string Name, bool IsSelfAsserted)
{
    /// <summary>The host of a metadata document: the one thing about such a client that was checked.</summary>
    public string? Host { get; private init; }

    public static RequestingApp Of(Client client) => client.Origin switch
    {
        ClientOrigin.Administrator => new RequestingApp(client.Name, client.Name, false),
        ClientOrigin.MetadataDocument => new RequestingApp(HostOf(client.ClientId), client.Name, true) { Host = HostOf(client.ClientId) },
        _ => new RequestingApp($"“{client.Name}”", client.Name, true),
    };

    /// <summary>Where the answer goes, in words.</summary>
    public static string ReturnsTo(string redirectUri)
    {
        if (!RedirectUri.Parse(redirectUri).Ok(out var uri, out _))
        {
            return redirectUri;
        }

        return uri switch
        {
            { IsLoopback: true } => "a program on this device",
            { IsPrivateUse: true } => $"an app on this device ({uri.Scheme}:)",
            _ => uri.Host,
        };
    }

    private static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : url;
}
