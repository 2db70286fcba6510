namespace KOauth.Resources;

internal static class ResourcesRegistration
{
    public static IServiceCollection AddResources(this IServiceCollection services) => services
        .AddSingleton<ResourceDirectory>()
        .AddSingleton<ResourceRegistry>();
}
