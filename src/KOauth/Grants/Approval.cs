using System.Security.Cryptography;
using System.Text;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Grants;

/// <summary>
/// Turns a ticket into the client's answer: a code when the person approved (or policy or an earlier approval did), an error when
/// the person said no. The only place that seals a code.
/// </summary>
internal sealed class Approval(
    ILedger ledger, IDbContextFactory<KOauthDb> databases, KeyRing keys, Sealer sealer, Audiences audiences, Access access,
    DeviceCodes devices, KOauthSettings settings, TimeProvider clock)
{
    /// <summary>How the approval came about; the story and later the grant's page say it.</summary>
    public const string ByPerson = "approved by the person";
    public const string ByPolicy = "approved by policy";
    public const string Remembered = "approved before";

    /// <summary>Why no page is needed, or null when the person must be asked.</summary>
    public async Task<string?> WithoutAskingAsync(FlowTicket ticket, Client client, SignedIn person, CancellationToken ct)
    {
        // Whoever nobody vouched for is shown every time: any site can start a flow in its name (CO-05).
        // So is whoever approves a device: the person may have been sent the code by somebody else (RFC 8628 §5.4).
        if (ticket.PromptConsent || client.IsSelfAsserted || ticket.Device is not null)
        {
            return null;
        }

        if (client.Trusted)
        {
            // A loopback or private-scheme redirect proves nothing about who listens there (RFC 8252 §8.6): never silent.
            return RedirectUri.Parse(ticket.RedirectUri).Ok(out var uri, out _) && uri.IsHttps ? ByPolicy : null;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var consent = await db.Consents.AsNoTracking().SingleOrDefaultAsync(
            c => c.UserId == person.UserId && c.ClientKey == client.Key && c.ResourceKey == ticket.ResourceKey, ct);
        return consent is not null
            && consent.ClientEpoch == client.Epoch
            && RedirectUri.Parse(consent.RedirectUri).Ok(out var approved, out _)
            && RedirectUri.Parse(ticket.RedirectUri).Ok(out var requested, out _)
            && (requested.IsHttps || client.HasSecret) // a public program on the device proves nothing: RFC 8252 §8.6
            && approved.Matches(requested)
            && ScopeSet.Parse(ticket.Granting ?? ticket.Scopes).IsSubsetOf(ScopeSet.Parse(consent.Scopes))
                ? Remembered
                : null;
    }

    /// <summary>Seals the code and gives the URL that carries it.</summary>
    public async Task<Outcome<string>> ApproveAsync(
        FlowTicket ticket, Client client, SignedIn person, string how, Story story, CancellationToken ct)
    {
        if (!client.Active)
        {
            return Reasons.ClientInactive;
        }

        if (await audiences.FindAsync(ticket.ResourceKey, client, ct) is not { } audience)
        {
            return Reasons.ResourceUnknown;
        }

        if (await access.CheckPersonAsync(person.UserId, audience, ct) is { } notAllowed)
        {
            return notAllowed;
        }

        var linkEpoch = await ledger.FindLinkEpochAsync(person.UserId, client.Key, ct);
        if (ticket.Device is { } device)
        {
            return await ApproveDeviceAsync(device, ticket, client, person, linkEpoch, story, ct);
        }

        if (how == ByPerson && !client.IsSelfAsserted)
        {
            await RememberAsync(ticket, client, person, ct);
        }

        story.Tell(StoryEvents.AuthorizationApproved, "Authorization approved", ("how", how), ("scopes", ticket.Granting ?? ticket.Scopes));
        var now = clock.GetUtcNow();
        var envelope = new CodeEnvelope
        {
            GrantId = ticket.GrantId,
            UserId = person.UserId,
            ClientKey = client.Key,
            ResourceKey = ticket.ResourceKey,
            RedirectUriHash = HashOf(ticket.RedirectUri),
            Challenge = ticket.Challenge,
            ExpiresAt = now + CodeEnvelope.Life,
            AuthenticatedAt = person.AuthenticatedAt,
            UserEpoch = person.UserEpoch,
            ClientEpoch = client.Epoch,
            LinkEpoch = linkEpoch,
            StoreEpoch = keys.StoreEpoch,
            Story = ticket.Story,
            ScopeBits = audience.ToBits(ScopeSet.Parse(ticket.Granting ?? ticket.Scopes)),
            Nonce = ticket.Nonce,
            Binding = ticket.Binding,
        };
        var code = sealer.Seal(SealPurpose.Code, envelope.ToBytes());
        story.Tell(StoryEvents.CodeIssued, "Authorization code issued; the browser was sent back to the client");
        return RedirectAnswer.Code(ticket.RedirectUri, code, ticket.State, settings.Issuer);
    }

    /// <summary>Remembers the no, so that the same form cannot approve later, and gives the URL that tells the client.</summary>
    public async Task<string> DenyAsync(FlowTicket ticket, Story story, CancellationToken ct)
    {
        if (ticket.Device is { } device)
        {
            await devices.DenyAsync(device.Hash, ct);
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using (var write = await db.BeginWriteAsync(ct))
        {
            if (!await db.AnsweredFlows.AnyAsync(f => f.GrantId == ticket.GrantId, ct)) // a button pressed twice
            {
                db.AnsweredFlows.Add(new AnsweredFlow { GrantId = ticket.GrantId, ExpiresAt = ticket.At + Flows.Life });
                await db.SaveChangesAsync(ct);
                await write.CommitAsync(ct);
            }
        }

        var refusal = new Refusal(Reasons.ConsentDenied);
        story.Tell(StoryEvents.AuthorizationDenied, refusal);
        return ticket.Device is not null ? DeviceAnswered("denied") : RedirectAnswer.Error(ticket.RedirectUri, refusal, ticket.State, settings.Issuer);
    }

    public static byte[] HashOf(string redirectUri) => SHA256.HashData(Encoding.UTF8.GetBytes(redirectUri))[..16];

    private async Task<Outcome<string>> ApproveDeviceAsync(
        WaitingDevice device, FlowTicket ticket, Client client, SignedIn person, int linkEpoch, Story story, CancellationToken ct)
    {
        if (!await devices.ApproveAsync(device.Hash, person, client.Epoch, linkEpoch, ct))
        {
            return Reasons.DeviceAnswered;
        }

        story.Tell(StoryEvents.AuthorizationApproved, "Authorization approved", ("how", ByPerson), ("scopes", ticket.Scopes));
        return DeviceAnswered("approved");
    }

    private string DeviceAnswered(string answer) => $"{settings.Issuer}/account/device?answer={answer}";

    private async Task RememberAsync(FlowTicket ticket, Client client, SignedIn person, CancellationToken ct)
    {
        // Two tabs may be answered at once.
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var consent = await db.Consents.SingleOrDefaultAsync(
            c => c.UserId == person.UserId && c.ClientKey == client.Key && c.ResourceKey == ticket.ResourceKey, ct);
        if (consent is null)
        {
            consent = new Consent { UserId = person.UserId, ClientKey = client.Key, ResourceKey = ticket.ResourceKey, Scopes = "", RedirectUri = "" };
            db.Consents.Add(consent);
        }

        // The newest approval counts, not the sum: what the person saw last is what is remembered.
        consent.Scopes = ticket.Granting ?? ticket.Scopes;
        consent.RedirectUri = ticket.RedirectUri;
        consent.ClientEpoch = client.Epoch;
        consent.ApprovedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);
    }
}
