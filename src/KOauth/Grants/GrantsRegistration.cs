using KOauth.Grants.DPoP;
using KOauth.Protocol.DPoP;

namespace KOauth.Grants;

internal static class GrantsRegistration
{
    public static IServiceCollection AddGrants(this IServiceCollection services) => services
        .AddSingleton<Audiences>()
        .AddSingleton<Access>()
        .AddSingleton<Groups>()
        .AddSingleton<AllowWords>()
        .AddSingleton<Flows>()
        .AddSingleton<Approval>()
        .AddSingleton<StepUp>()
        .AddSingleton<Connections>()
        .AddSingleton<KeyIssue>()
        .AddSingleton<KeyCheck>()
        .AddSingleton<DeviceCodes>()
        .AddSingleton<TypedCodes>()
        .AddSingleton<OwnTokens>()
        .AddSingleton<EndedGrants>()
        .AddSingleton<Assertions>()
        .AddSingleton<RefreshTokens>()
        .AddSingleton<SourceTags>()
        .AddSingleton<ProofNonces>()
        .AddSingleton(s => new SeenProofs(s.GetRequiredService<TimeProvider>()))
        .AddSingleton<ProofCheck>()
        .AddSingleton<GrantSweep>()
        .AddHostedService(s => s.GetRequiredService<GrantSweep>());
}
