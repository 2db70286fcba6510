using System.CommandLine;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Admin.Resources;

/// <summary>The argument that names a resource, in any spelling of its URL, and what is said when there is none of that name.</summary>
internal static class ResourceUrl
{
    public static Argument<string> Argument() => new("URI") { Description = "The URL of the MCP server or API, as clients use it" };

    public static async Task<int> RefuseUnknownAsync(ParseResult command, string url, IServiceProvider services, CancellationToken ct)
    {
        var known = await services.GetRequiredService<ResourceDirectory>().AllAsync(ct);
        var nearest = Nearest.To(url, known.Select(r => r.Uri));
        command.Error().WriteLine($"There is no resource {Printable.Text(url)}.{(nearest is null ? "" : $" Did you mean {nearest}?")}");
        command.Error().WriteLine("See all: koauth resource list");
        return 1;
    }

    /// <summary>The resource of that URL, or null when the text is no URL or nothing is registered by it.</summary>
    public static async Task<Resource?> FindAsync(string url, IServiceProvider services, CancellationToken ct) =>
        ResourceUri.Parse(url).Ok(out var uri, out _) ? await services.GetRequiredService<ResourceDirectory>().FindAsync(uri, ct) : null;
}
