namespace KOauth.Clients;

internal static class ClientsRegistration
{
    public static IServiceCollection AddClients(this IServiceCollection services) => services
        .AddSingleton<ClientDirectory>()
        .AddSingleton<ClientRegistry>()
        .AddSingleton<ClientRoom>()
        .AddSingleton<ClientCleanUp>()
        .AddSingleton<ClientUse>()
        .AddHostedService(s => s.GetRequiredService<ClientUse>())
        .AddSingleton<ClientSweep>()
        .AddHostedService(s => s.GetRequiredService<ClientSweep>());
}
