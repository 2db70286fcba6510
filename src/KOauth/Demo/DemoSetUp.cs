using KOauth.Clients;
using KOauth.Data;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Demo;

/// <summary>Fills the demo's database: one person, one resource, and the three clients that connect.</summary>
internal static class DemoSetUp
{
    /// <summary>Gives the secret of <see cref="DemoWorld.ClientId"/>.</summary>
    public static async Task<string> RunAsync(IServiceProvider services, DemoWorld world, CancellationToken ct)
    {
        using var scope = services.CreateScope();
        var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var person = new User { UserName = DemoWorld.Email, Email = DemoWorld.Email, DisplayName = "Demo", EmailConfirmed = true, CreatedAt = now };
        var created = await users.CreateAsync(person, world.Password);
        if (!created.Succeeded)
        {
            throw new InvalidOperationException(string.Join(' ', created.Errors.Select(e => e.Description)));
        }

        ResourceUri.Parse(world.McpUrl).Ok(out var uri, out _);
        var (secret, kept) = ClientSecrets.Make(scope.ServiceProvider.GetRequiredService<Randomness>(), now);
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        db.Resources.Add(new Resource
        {
            Uri = world.McpUrl,
            Canonical = uri!.Canonical,
            Name = "Notes",
            Scopes = [new ResourceScope(1, "notes:read", "Read your notes", true), new ResourceScope(2, "notes:write", "Write and delete your notes", true)],
            CreatedAt = now,
        });
        db.Clients.Add(new Client { ClientId = DemoWorld.ClientId, Name = "Claude", Preset = "claude", RedirectUris = [DemoWorld.ClaudeRedirectUri], Secrets = [kept], CreatedAt = now });
        db.Clients.Add(new Client { ClientId = DemoWorld.CodeClientId, Name = "Claude Code", Preset = "claude-code", AuthMethod = "none", RedirectUris = ["http://localhost/callback", "http://127.0.0.1/callback"], CreatedAt = now });
        db.Clients.Add(new Client { ClientId = DemoPage.ClientId, Name = "Your browser, by hand", AuthMethod = "none", RedirectUris = [DemoPage.RedirectUri(world)], CreatedAt = now });
        await db.SaveChangesAsync(ct);
        return secret;
    }
}
