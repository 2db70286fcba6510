using System.Text.Encodings.Web;
using System.Text.Json;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Seals and opens flow tickets. The seal and the binding to the browser's cookie are the anti-forgery of the flow pages: a ticket
/// works only in the browser that began it (CVE-2026-27124), and opening it burns nothing, so that a page may be loaded twice.
/// </summary>
internal sealed class Flows(
    Sealer sealer, BrowserCookie browser, IDbContextFactory<Data.KOauthDb> databases, KOauthSettings settings, TimeProvider clock)
{
    /// <summary>A page may be left open for a coffee, not for a day.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    // A ticket stands in a URL: letters outside ASCII as they are, not six characters each. Nothing of it is ever shown as HTML.
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Seal(FlowTicket ticket) => sealer.Seal(SealPurpose.Ticket, JsonSerializer.SerializeToUtf8Bytes(ticket, _json));

    /// <summary>The ticket, if it is ours, young, of this browser, and neither answered with no nor redeemed.</summary>
    public async Task<Outcome<FlowTicket>> OpenAsync(string? text, HttpContext http, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(text) || !sealer.TryOpen(SealPurpose.Ticket, text, out var content))
        {
            return Reasons.TicketInvalid;
        }

        var ticket = JsonSerializer.Deserialize<FlowTicket>(content, _json)!;
        if (clock.GetUtcNow() - ticket.At > Life)
        {
            return Reasons.TicketExpired;
        }

        if (browser.Read(http) is not { } cookie || !cookie.AsSpan().SequenceEqual(ticket.Browser))
        {
            return Reasons.TicketOfAnotherBrowser;
        }

        return await IsSpentAsync(ticket.GrantId, ct) ? Reasons.TicketSpent : ticket;
    }

    /// <summary>Whether it was answered with no, or became a connection: a second code of it would pass for a replay and end the grant.</summary>
    public async Task<bool> IsSpentAsync(Guid grantId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.AnsweredFlows.AnyAsync(f => f.GrantId == grantId, ct)
            || await db.Grants.AnyAsync(g => g.Id == grantId, ct);
    }

    /// <summary>Where the browser goes to find the missing step.</summary>
    public string ContinueUrl(FlowTicket ticket) => $"{settings.Issuer}/oauth/authorize?flow={Seal(ticket)}";
}
