using KOauth.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KOauth.Keys;

internal static class KeysRegistration
{
    /// <summary>Signing, sealing and the keys behind them. <see cref="KeyRing.LoadAsync"/> is awaited before the server starts.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<TokenSigner>();
        services.AddSingleton<Jwks>();
        services.AddSingleton<OwnSignatures>();
        services.AddSingleton<Sealer>();
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton<KeyDocuments>();
        KeyDocuments.Configure(services.AddHttpClient(KeyDocuments.ClientName));
        services.AddSingleton<KeyChanges>();
        services.AddSingleton<MasterKeyChange>();
        services.AddHostedService<KeyReload>();
        services.AddSingleton<KeyRotation>();
        services.AddHostedService(s => s.GetRequiredService<KeyRotation>());

        // For what ASP.NET Core seals itself: antiforgery, Identity's tokens, the second factor's cookie.
        services.AddDataProtection().SetApplicationName("koauth").PersistKeysToDbContext<KOauthDb>();
        services.AddSingleton<DataProtectionWrap>();
        services.AddOptions<KeyManagementOptions>()
            .Configure<DataProtectionWrap>((options, wrap) => options.XmlEncryptor = wrap);
        return services;
    }
}
