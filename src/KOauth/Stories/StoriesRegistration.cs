namespace KOauth.Stories;

internal static class StoriesRegistration
{
    public static IServiceCollection AddStories(this IServiceCollection services) => services
        .AddSingleton<Journal>()
        .AddScoped<Story>();
}
