using KOauth.Clients;
using KOauth.Resources;

namespace KOauth.Admin.Clients;

/// <summary>A client as somebody asked for it, by preset and options; whether it may exist is for the rules to say.</summary>
internal static class NewClient
{
    /// <param name="id">As wanted.</param>
    /// <param name="preset">Gives name, redirect URIs and the way to authenticate; redirect URIs of the options come on top.</param>
    /// <param name="isPublic">Overrides the preset.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="resources">Those registered.</param>
    public static Client From(string id, Preset? preset, bool? isPublic, ClientChange options, IReadOnlyList<Resource> resources)
    {
        var client = new Client
        {
            ClientId = id,
            Name = preset?.Name ?? id,
            Preset = preset?.Id,
            Origin = ClientOrigin.Administrator,
            AuthMethod = isPublic switch
            {
                true => "none",
                false => "client_secret_post",
                null => preset?.AuthMethod ?? "client_secret_post",
            },
        };
        string[] redirectUris = [.. preset?.RedirectUris ?? [], .. options.RedirectUris ?? []];
        (options with { RedirectUris = redirectUris }).ApplyTo(client, resources);
        return client;
    }
}
