using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Tests.Data;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Resources;

public sealed class ResourceDirectoryTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resource_is_found_in_every_spelling_of_its_url()
    {
        await using var database = Database();
        var stored = await AddAsync(database, "https://mcp.example/mcp");
        var directory = database.Get<ResourceDirectory>();

        Assert.Equal(stored.Key, (await directory.FindAsync(Uri("HTTPS://MCP.Example:443/mcp/"), _ct))!.Key);
        Assert.Equal("https://mcp.example/mcp", (await directory.FindAsync(stored.Key, _ct))!.TokenAudience);
        Assert.Null(await directory.FindAsync(Uri("https://mcp.example/MCP"), _ct));
        Assert.Null(await directory.FindAsync(stored.Key + 1, _ct));
    }

    [Fact]
    public async Task A_new_resource_is_seen_by_the_very_next_request()
    {
        await using var database = Database();
        var directory = database.Get<ResourceDirectory>();
        Assert.Empty(await directory.AllAsync(_ct));

        await AddAsync(database, "https://mcp.example/mcp");

        Assert.Single(await directory.AllAsync(_ct));
    }

    [Fact]
    public async Task A_resource_found_again_costs_no_memory()
    {
        await using var database = Database();
        await AddAsync(database, "https://mcp.example/mcp");
        var directory = database.Get<ResourceDirectory>();
        var uri = Uri("https://mcp.example/mcp");
        await directory.AllAsync(_ct);
        Find(directory, uri, 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Find(directory, uri, 100);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Find(ResourceDirectory directory, ResourceUri uri, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var found = directory.FindAsync(uri, CancellationToken.None);
            var all = directory.AllAsync(CancellationToken.None);
            Assert.True(found.IsCompletedSuccessfully && all.IsCompletedSuccessfully);
        }
    }

    private static ResourceUri Uri(string text) => ResourceUri.Parse(text).Ok(out var uri, out var refusal)
        ? uri
        : throw new InvalidOperationException(refusal.Detail);

    private static TestDatabase Database() => new(services => services.AddSingleton<ResourceDirectory>());

    private static async Task<Resource> AddAsync(TestDatabase database, string text)
    {
        await using var db = database.Open();
        var resource = new Resource { Uri = text, Canonical = Uri(text).Canonical, Name = "MCP" };
        db.Resources.Add(resource);
        await db.SaveChangesAsync(_ct);
        return resource;
    }
}
