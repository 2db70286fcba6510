using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Authorize;

/// <summary>
/// A refusal before any person has acted. It goes to the client by redirect, except to one that only vouches for itself: anybody may
/// register an address, and a link to this server would lead there without a question, under this server's good name (RFC 9700
/// §4.11). Such a refusal is a page with a link. Known apps' addresses are known not to be an attacker's.
/// </summary>
internal static class EarlyRefusal
{
    public static IResult For(Refusal refusal, Client client, string redirectUri, string? state, IssuerUri issuer, Story story)
    {
        story.Tell(StoryEvents.AuthorizeRefused, refusal);
        var url = RedirectAnswer.Error(redirectUri, refusal, state, issuer);
        return client.IsSelfAsserted && !Presets.HaveRedirectUri(redirectUri)
            ? new ErrorPage(refusal, story.Reference) { BackUrl = url, AppName = client.Name }
            : new BackToApp(url, client.Name);
    }
}
