using System.Reflection;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.House;

/// <summary>docs/map.md lists every URL with the file that answers it. <c>UPDATE_DOCS=1 dotnet test</c> rewrites it.</summary>
public sealed class MapTests
{
    [Fact]
    public async Task The_map_is_up_to_date_and_every_url_is_answered_by_a_file_that_exists()
    {
        await using var koauth = await KOauthApp.StartAsync();
        var root = Document.Root;
        var rows = koauth.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText is { } path && !path.Contains("{*", StringComparison.Ordinal))
            .GroupBy(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
            .Select(g => (Url: g.Key, Methods: Methods(g), File: File(g.First(), root)))
            .OrderBy(r => r.Url, StringComparer.Ordinal)
            .ToList();
        Assert.All(rows, r => Assert.True(System.IO.File.Exists(Path.Combine(root, r.File)), $"{r.Url} says it is answered in {r.File}"));

        var map = "# Map\n\nEvery URL and the file that answers it. Made by a test; `UPDATE_DOCS=1 dotnet test` rewrites it.\n\n| URL | answered in |\n|---|---|\n"
            + string.Concat(rows.Select(r => $"| `{r.Methods} {r.Url}` | {r.File} |\n"));
        Document.MustRead("docs/map.md", map);
    }

    private static string Methods(IEnumerable<RouteEndpoint> endpoints)
    {
        var methods = endpoints.SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]);
        return string.Join(' ', methods.Distinct().Order(StringComparer.Ordinal));
    }

    private static string File(RouteEndpoint endpoint, string root)
    {
        if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
        {
            return "src/KOauth" + page.RelativePath;
        }

        var type = (endpoint.Metadata.GetMetadata<MethodInfo>() ?? endpoint.RequestDelegate?.Method)?.DeclaringType;
        while (type is { IsNested: true })
        {
            type = type.DeclaringType;
        }

        Assert.True(type is not null, $"{endpoint.RoutePattern.RawText} is answered by nobody in particular");
        return Directory.EnumerateFiles(Path.Combine(root, "src/KOauth"), type!.Name + ".cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(root, f)).Single();
    }
}
