using KOauth.Hosting;

namespace KOauth.Stories;

internal static class StoriesRegistration
{
    public static IServiceCollection AddStories(this IServiceCollection services, KOauthSettings settings) => services
        .AddSingleton(new StoryLimits(settings.StoryRetention, settings.AddressRetention))
        .AddSingleton<Journal>()
        .AddSingleton<StoryBook>()
        .AddSingleton<StoryWriter>()
        .AddHostedService(s => s.GetRequiredService<StoryWriter>())
        .AddScoped<Story>();
}
