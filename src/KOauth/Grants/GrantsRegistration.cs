namespace KOauth.Grants;

internal static class GrantsRegistration
{
    public static IServiceCollection AddGrants(this IServiceCollection services) => services
        .AddSingleton<Audiences>()
        .AddSingleton<Flows>()
        .AddSingleton<Approval>()
        .AddSingleton<RefreshTokens>()
        .AddSingleton<SourceTags>()
        .AddSingleton<GrantSweep>()
        .AddHostedService(s => s.GetRequiredService<GrantSweep>());
}
