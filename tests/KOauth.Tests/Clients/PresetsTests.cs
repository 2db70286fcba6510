using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.Tests.Clients;

public sealed class PresetsTests
{
    public static TheoryData<string> Ids => [.. Presets.All.Select(p => p.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_preset_obeys_the_rules_of_a_client(string id)
    {
        var preset = Presets.Find(id)!;

        Assert.Matches("^[a-z][a-z-]*$", preset.Id);
        Assert.Contains(preset.AuthMethod, ClientRules.AuthMethods);
        Assert.All([.. preset.RedirectUris, .. preset.OtherRedirectUris.Select(o => o.Uri)], uri =>
            Assert.True(RedirectUri.Parse(uri).Ok(out _, out var refusal), $"{uri}: {refusal?.Detail}"));
        Assert.Empty(preset.RedirectUris.Intersect(preset.OtherRedirectUris.Select(o => o.Uri)));
        Assert.All(preset.Networks, network => System.Net.IPNetwork.Parse(network));
        if (preset.MetadataDocument is { } document)
        {
            Assert.StartsWith("https://", document, StringComparison.Ordinal);
            Assert.Null(ClientRules.Fault(new Client { ClientId = document, Name = preset.Name, Origin = ClientOrigin.MetadataDocument, AuthMethod = "none", RedirectUris = ["https://a.example"] }, []));
        }

        Assert.All([preset.Checked, .. preset.OtherRedirectUris.Select(o => o.Checked)], day => Assert.InRange(day, new DateOnly(2026, 1, 1), new DateOnly(2100, 1, 1)));
        Assert.All([preset.Source, .. preset.OtherRedirectUris.Select(o => o.Source)], source => Assert.False(string.IsNullOrWhiteSpace(source)));
    }

    [Fact]
    [Trait("check", "A-04")]
    public void Claude_has_exactly_its_two_addresses() => Assert.Equal(
        ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
        Presets.Find("claude")!.RedirectUris);

    [Fact]
    public void The_clients_that_commands_and_guides_name_are_there() => Assert.Subset(
        Presets.All.Select(p => p.Id).ToHashSet(),
        new HashSet<string>(["claude", "claude-code", "chatgpt", "codex", "vscode", "cursor", "gemini-cli", "goose", "zed", "inspector", "mcp-remote", "windsurf"]));

    [Fact]
    public void Ids_and_metadata_documents_are_unique()
    {
        Assert.Distinct(Presets.All.Select(p => p.Id));
        Assert.Distinct(Presets.All.Select(p => p.MetadataDocument).OfType<string>());
    }

    [Fact]
    public void A_client_is_known_by_the_hosts_it_receives_answers_at()
    {
        Assert.Equal("claude", Presets.Of(Client("https://claude.ai/oauth/callback"))?.Id);
        Assert.Equal("cursor", Presets.Of(Client("http://localhost/x", "https://www.cursor.com/agents/mcp/oauth/callback"))?.Id);
        Assert.Null(Presets.Of(Client("http://localhost/callback")));
        Assert.Null(Presets.Of(Client("https://claude.ai.evil.test/api/mcp/auth_callback")));
    }

    private static Client Client(params string[] redirectUris) => new() { ClientId = "x", Name = "X", RedirectUris = [.. redirectUris] };
}
