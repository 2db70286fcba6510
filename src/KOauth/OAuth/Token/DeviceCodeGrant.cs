using KOauth.Clients;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;

namespace KOauth.OAuth.Token;

/// <summary>
/// <c>urn:ietf:params:oauth:grant-type:device_code</c> (RFC 8628 §3.4). A device asks until somebody has answered. An approval becomes a
/// grant as a code does: one insert in the ledger, which lets it happen once and applies the rules for replayed codes.
/// </summary>
internal sealed class DeviceCodeGrant(
    ILedger ledger, DeviceCodes devices, Audiences audiences, Access access, IdTokens idTokens, SourceTags sources, KOauthSettings settings, TimeProvider clock)
    : IGrantType
{
    public string Name => GrantTypeNames.DeviceCode;

    public bool IsOn => settings.DeviceGrant;

    public async Task<Outcome<Decision>> DecideAsync(OAuthForm request, Client client, Story story, CancellationToken ct)
    {
        if (request["device_code"] is not { } code)
        {
            return new Refusal(Reasons.ParameterMissing) { Expected = "device_code" };
        }

        if (await devices.FindAsync(code, ct) is not { } device)
        {
            return Reasons.DeviceCodeUnknown;
        }

        if (device.ClientKey != client.Key || client.IsSelfAsserted)
        {
            return new Refusal(Reasons.DeviceCodeOfAnotherClient) { Received = client.ClientId };
        }

        story.Continue(device.Story);
        if (await WhyNotYetAsync(device, ct) is { } notYet)
        {
            return notYet;
        }

        if (await audiences.FindAsync(device.ResourceKey, client, ct) is not { } audience)
        {
            return Reasons.ResourceGone;
        }

        story.Resource = audience.Value;
        if (!await audiences.IsSameAsync(request.Resources, audience, ct))
        {
            return new Refusal(Reasons.ResourceDiffers) { Expected = audience.Value, Received = string.Join(' ', request.Resources) };
        }

        if (await access.CheckAsync(device.UserId!.Value, audience, ct) is { } notAllowed)
        {
            return notAllowed;
        }

        if (!ScopeChoice.Remaining(ScopeSet.Parse(device.Scopes), audience, client).Ok(out var scopes, out var refusal))
        {
            return refusal;
        }

        var row = Row(device, scopes, clock.GetUtcNow(), sources.Of(request.Address), client.IsPublic ? request.ProvedKey : null);
        if (!(await ledger.RedeemAsync(row, ct)).Ok(out var grant, out refusal))
        {
            return refusal;
        }

        story.Tell(StoryEvents.TokenExchanged, "The device got its tokens: token exchange successful", ("scopes", scopes.ToString()));
        return new DecidedGrant(grant, audience, scopes)
        {
            RefreshGeneration = client.GrantTypes.Contains(GrantTypeNames.RefreshToken) ? grant.Generation : null,
            IdToken = scopes.Contains(ScopeSet.OpenId) ? await idTokens.PrepareAsync(grant, client, scopes, nonce: null, ct) : null,
        };
    }

    private async Task<Reason?> WhyNotYetAsync(DeviceCode device, CancellationToken ct)
    {
        if (device.ExpiresAt <= clock.GetUtcNow())
        {
            return Reasons.DeviceCodeExpired;
        }

        return device.State switch
        {
            DeviceCodeState.Approved => null,
            DeviceCodeState.Denied => Reasons.DeviceDenied,
            _ => await devices.PollAsync(device, ct) ? Reasons.DevicePending : Reasons.DeviceTooFast,
        };
    }

    private Grant Row(DeviceCode device, ScopeSet scopes, DateTimeOffset now, long source, byte[]? key) => new()
    {
        Id = device.GrantId,
        UserId = device.UserId!.Value,
        ClientKey = device.ClientKey,
        ResourceKey = device.ResourceKey,
        Scopes = scopes.ToString(),
        CreatedAt = now,
        ExpiresAt = now + settings.RefreshTokenLifetime,
        LastUsedAt = now,
        AuthenticatedAt = device.AuthenticatedAt!.Value,
        Generation = 0,
        Recent = [],
        RedeemedBy = source,
        UserEpoch = device.UserEpoch,
        ClientEpoch = device.ClientEpoch,
        LinkEpoch = device.LinkEpoch,
        StoreEpoch = device.StoreEpoch,
        Binding = key,
        Story = device.Story,
    };
}
