namespace KOauth.Clients;

internal static class ClientsRegistration
{
    public static IServiceCollection AddClients(this IServiceCollection services) => services
        .AddSingleton<ClientDirectory>()
        .AddSingleton<ClientRegistry>();
}
