using KOauth.Admin.Clients;
using KOauth.Admin.Resources;
using KOauth.Admin.Settings;
using KOauth.Admin.Users;
using KOauth.Admin.Version;
using KOauth.Hosting;

namespace KOauth;

/// <summary>The table of contents: every URL, page and command of KOauth starts in one of these.</summary>
internal static class Features
{
    public static readonly IReadOnlyList<IFeature> All =
    [
        new ClientsFeature(),  // koauth client …
        new ResourcesFeature(), // koauth resource …
        new SettingsFeature(), // koauth config show
        new UsersFeature(),    // koauth user …
        new VersionFeature(),  // koauth version
    ];
}
