using System.Text.Json;
using System.Text.Json.Serialization;
using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>The known clients, from <c>presets.json</c>: one file to mend when a vendor changes something.</summary>
internal static class Presets
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    private static readonly PresetFile _file = Read();

    /// <summary>Raised with every change of the file.</summary>
    public static int Version => _file.Version;

    public static IReadOnlyList<Preset> All => _file.Presets;

    public static Preset? Find(string id) => All.FirstOrDefault(p => string.Equals(p.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The preset it was made from, or else the one on whose hosts it receives its answers.</summary>
    public static Preset? Of(Client client) => client.Preset is { } id
        ? Find(id)
        : All.FirstOrDefault(p => Hosts(p.RedirectUris).Intersect(Hosts(client.RedirectUris)).Any());

    /// <summary>Whether it is a known client's own address, letter by letter but for a loopback port.</summary>
    public static bool HaveRedirectUri(string redirectUri) => RedirectUri.Parse(redirectUri).Ok(out var uri, out _)
        && All.SelectMany(p => p.RedirectUris).Any(text => RedirectUri.Parse(text).Ok(out var known, out _) && known.Matches(uri));

    private static IEnumerable<string> Hosts(IEnumerable<string> redirectUris) => redirectUris
        .Select(text => RedirectUri.Parse(text).Ok(out var uri, out _) && uri.IsHttps ? uri.Host : null).OfType<string>();

    private static PresetFile Read()
    {
        using var file = typeof(Presets).Assembly.GetManifestResourceStream("KOauth.Clients.presets.json")!;
        return JsonSerializer.Deserialize<PresetFile>(file, _json)!;
    }

    private sealed record PresetFile(int Version, IReadOnlyList<Preset> Presets);
}
