using KOauth.Clients;
using KOauth.Data;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KOauth;

/// <summary>The parts that the server and every command share: settings, database, and the engine rooms on it.</summary>
internal static class EngineRooms
{
    public static void AddEngineRooms(this IHostApplicationBuilder builder, KOauthSettings settings)
    {
        var services = builder.Services;
        services.AddSingleton(settings);
        services.TryAddSingleton<Randomness>();
        services.AddData(settings.Store);
        services.AddKeys();
        services.AddPeople();
        services.AddStories(settings);
        services.AddClients();
        services.AddResources();
        services.AddGrants();
        foreach (var feature in Features.All)
        {
            feature.AddServices(builder);
        }
    }
}
