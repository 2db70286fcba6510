namespace KOauth.Stories;

internal static class StoriesServices
{
    public static IServiceCollection AddStories(this IServiceCollection services) => services
        .AddSingleton<Journal>()
        .AddScoped<Story>();
}
