using KOauth.Hosting;
using KOauth.Keys;
using KOauth.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace KOauth.Tests.Keys;

/// <summary>A key ring that holds given rows and has no database: for what only signs, seals and reads.</summary>
internal static class OpenRing
{
    public static readonly DateTimeOffset Made = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly Randomness Chance = new();

    public static readonly MasterKey Master = new(Chance.Bytes(MasterKeyText.Length), "in a test");

    /// <summary>Made once: an RSA pair costs a tenth of a second.</summary>
    public static readonly StoredKeys Rows = MakeRows();

    public static KeyRing Of(StoredKeys? rows = null)
    {
        var ring = new KeyRing(null!, Settings(), Chance, TimeProvider.System, NullLogger<KeyRing>.Instance);
        ring.Use(rows ?? Rows, Master);
        return ring;
    }

    public static KOauthSettings Settings(string issuer = "https://auth.example.com")
    {
        Assert.True(IssuerUri.TryParse(issuer, out var parsed, out _));
        return new KOauthSettings
        {
            Issuer = parsed!,
            DataDirectory = "/nowhere",
            Urls = [],
            MasterKeyFile = "/nowhere/master.key",
        };
    }

    public static SigningKey MakeSigningKey(string algorithm, DateTimeOffset activeFrom, DateTimeOffset? retiredAt = null)
    {
        var key = new NewKeys(Master, Chance, activeFrom).Signing(algorithm);
        key.RetiredAt = retiredAt;
        return key;
    }

    private static StoredKeys MakeRows()
    {
        var make = new NewKeys(Master, Chance, Made);
        return new StoredKeys(
            [.. SigningAlgorithms.All.Select(make.Signing)],
            [.. Enum.GetValues<SecretKeyPurpose>().Select(purpose => make.Secret(purpose, number: 1))],
            StoreEpoch: 0,
            Master.Fingerprint,
            HasDataProtectionKeys: false);
    }
}
