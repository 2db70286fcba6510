using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Clients;

public sealed class ClientRegistryTests
{
    private static readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_at_once_one_gets_the_id_and_the_others_are_told()
    {
        await using var database = Database();
        var registry = database.Get<ClientRegistry>();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => registry.RegisterAsync(Notes(), "test", _ct)));

        Assert.Single(outcomes, o => o.Ok(out var registered, out var _) && registered.Secret is not null);
        Assert.Equal(19, outcomes.Count(o => !o.Ok(out _, out var refusal) && refusal.Reason == Reasons.ClientIdTaken));
        await using var db = database.Open();
        Assert.Equal((1, 1), (await db.Clients.CountAsync(_ct), await db.Audit.CountAsync(_ct)));
    }

    [Fact]
    public async Task Of_many_changes_at_once_none_is_lost()
    {
        await using var database = Database();
        var registry = database.Get<ClientRegistry>();
        await registry.RegisterAsync(Notes(), "test", _ct);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            registry.ChangeAsync("notes", new ClientChange { AddRedirectUris = [$"https://notes.example/{i}"] }, "test", _ct)));

        await using var db = database.Open();
        Assert.Equal(21, (await db.Clients.SingleAsync(_ct)).RedirectUris.Count);
        Assert.Equal(21, await db.Audit.CountAsync(_ct));
    }

    [Fact]
    public async Task A_refused_change_leaves_no_trace()
    {
        await using var database = Database();
        var registry = database.Get<ClientRegistry>();
        await registry.RegisterAsync(Notes(), "test", _ct);

        var outcome = await registry.ChangeAsync("notes", new ClientChange { Name = "Good", Website = "javascript:x" }, "test", _ct);

        Assert.False(outcome.Ok(out _, out var refusal));
        Assert.Equal(Reasons.ClientMetadataInvalid, refusal.Reason);
        await using var db = database.Open();
        Assert.Equal("Notes", (await db.Clients.SingleAsync(_ct)).Name);
        Assert.Equal(1, await db.Audit.CountAsync(_ct));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Every_rule_is_a_rule(string rule, string reason, object client)
    {
        Assert.NotEqual("", rule);
        Assert.Equal(reason, ClientRules.Fault((Client)client, [])?.Reason.Id);
    }

    public static TheoryData<string, string, object> Broken => new()
    {
        { "none is broken", null!, Whole(_ => { }) },
        { "at most 64 redirect URIs", "redirect_uri_invalid", Whole(c => c.RedirectUris = [.. Enumerable.Range(0, 65).Select(i => $"https://a.example/{i}")]) },
        { "each once", "redirect_uri_invalid", Whole(c => c.RedirectUris = ["https://a.example/", "https://a.example/"]) },
        { "at least one for the code grant", "redirect_uri_invalid", Whole(c => c.RedirectUris = []) },
        { "none without the code grant", null!, Whole(c => (c.RedirectUris, c.GrantTypes) = ([], ["client_credentials"])) },
        { "a known way to authenticate", "client_metadata_invalid", Whole(c => c.AuthMethod = "client_secret_jwt") },
        { "no way to authenticate without its secret", "client_metadata_invalid", Whole(c => c.Secrets = []) },
        { "no secret without a way to use it", "client_metadata_invalid", Whole(c => c.AuthMethod = "none") },
        { "scopes are scopes", "client_metadata_invalid", Whole(c => c.Scopes = ["a b"]) },
        { "at most 200 scopes", "client_metadata_invalid", Whole(c => c.Scopes = [.. Enumerable.Range(0, 201).Select(i => $"s{i}")]) },
        { "each scope once", "client_metadata_invalid", Whole(c => c.Scopes = ["a", "a"]) },
        { "resources are registered", "resource_unknown", Whole(c => c.Resources = ["https://mcp.example"]) },
        { "a name", "client_metadata_invalid", Whole(c => c.Name = "") },
        { "a name of at most 100", "client_metadata_invalid", Whole(c => c.Name = new string('a', 101)) },
        { "a description of at most 500", "client_metadata_invalid", Whole(c => c.Description = new string('a', 501)) },
        { "no lone half of a character", "client_metadata_invalid", Whole(c => c.Name = "a\ud83d") },
        { "a long link is none", "client_metadata_invalid", Whole(c => c.Website = $"https://a.example/{new string('a', 2048)}") },
        { "trust needs https everywhere", "trust_refused", Whole(c => (c.Trusted, c.RedirectUris) = (true, ["https://a.example/", "http://localhost/"])) },
        { "trust needs an administrator", "trust_refused", Whole(c => (c.Trusted, c.Origin) = (true, ClientOrigin.Registration)) },
        { "a document's URL is an id only to its own kind", "client_id_invalid", Whole(c => c.ClientId = "https://a.example/doc") },
        { "its own kind has no other", "client_id_invalid", Whole(c => c.Origin = ClientOrigin.MetadataDocument) },
    };

    private static Client Whole(Action<Client> breakIt)
    {
        var client = Notes();
        client.Secrets = [new ClientSecret([1], "abcd", DateTimeOffset.UnixEpoch, null)];
        breakIt(client);
        return client;
    }

    private static Client Notes() => new() { ClientId = "notes", Name = "Notes", RedirectUris = ["https://notes.example/cb"] };

    private static TestDatabase Database() => new(services => services.AddClients().AddSingleton<Randomness>());
}
