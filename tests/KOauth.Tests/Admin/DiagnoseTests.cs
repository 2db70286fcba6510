using System.Text.Json;
using KOauth.Clients;
using KOauth.Data;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests.Admin;

public sealed class DiagnoseTests : IDisposable
{
    private readonly CommandLine _koauth = new();
    private string _reference = "";

    public void Dispose() => _koauth.Dispose();

    [Fact, Trait("check", "A-51"), Trait("check", "A-61")]
    public async Task A_mismatch_shows_requested_registered_difference_and_the_command_that_mends_it()
    {
        await PrepareAsync();

        var result = await _koauth.RunAsync("diagnose", "--client-id", "claude-mcp");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"Redirect URIs +https://claude\.ai/oauth/callback", result.Output);
        Assert.Matches(@"Active +yes", result.Output);
        Assert.Matches($@"{_reference} .*claude-mcp .*refused: redirect_uri_mismatch", result.Output);
        Assert.Contains("registered: https://claude.ai/oauth/callback", result.Output, StringComparison.Ordinal);
        Assert.Contains("requested: https://claude.ai/oauth/callback/", result.Output, StringComparison.Ordinal);
        Assert.Contains("detail: a slash at the end", result.Output, StringComparison.Ordinal);
        Assert.Contains("fix: koauth client update claude-mcp --add-redirect-uri https://claude.ai/oauth/callback/", result.Output, StringComparison.Ordinal);
    }

    [Fact, Trait("check", "A-61")]
    public async Task The_seeds_spelling_does_the_same()
    {
        await PrepareAsync();

        Assert.Equal(await _koauth.RunAsync("diagnose", "--client-id", "claude-mcp"), await _koauth.RunAsync("oauth:diagnose", "--client-id", "claude-mcp"));
    }

    [Fact]
    public async Task One_story_is_told_from_beginning_to_end()
    {
        await PrepareAsync();

        var result = await _koauth.RunAsync("diagnose", "--story", _reference.ToLowerInvariant());

        Assert.Equal(0, result.ExitCode);
        var received = result.Output.IndexOf("authorize.received: Authorization request received", StringComparison.Ordinal);
        var refused = result.Output.IndexOf("authorize.refused: ", StringComparison.Ordinal);
        Assert.InRange(received, 0, refused);
        Assert.Contains("[redirect_uri_mismatch]", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_read_the_same_as_json()
    {
        await PrepareAsync();

        using var list = JsonDocument.Parse((await _koauth.RunAsync("diagnose", "--client-id", "claude-mcp", "--json")).Output);
        using var story = JsonDocument.Parse((await _koauth.RunAsync("diagnose", "--story", _reference, "--json")).Output);

        Assert.Equal(_reference, list.RootElement.GetProperty("stories")[0].GetProperty("reference").GetString());
        Assert.Equal("redirect_uri_mismatch", list.RootElement.GetProperty("lastRefusal").GetProperty("reason").GetString());
        Assert.Equal(2, story.RootElement.GetProperty("events").GetArrayLength());
    }

    [Fact, Trait("check", "A-54")]
    public async Task An_unknown_client_is_told_with_the_nearest()
    {
        await PrepareAsync();

        var result = await _koauth.RunAsync("diagnose", "--client-id", "claude_mpc");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("There is no client 'claude_mpc'; did you mean 'claude-mcp'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_reference_is_told_with_the_next_step()
    {
        await PrepareAsync();

        var result = await _koauth.RunAsync("diagnose", "--story", "KZZZZZZ");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("koauth diagnose", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_stories_it_says_so()
    {
        await _koauth.PrepareAsync(_ => Task.CompletedTask);

        Assert.Contains("nobody has tried to connect", (await _koauth.RunAsync("diagnose")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("diagnose --hours 0", "--hours is a number of hours")]
    [InlineData("diagnose --hours many", "--hours is a number of hours")]
    [InlineData("diagnose --story KAAAAAA --all", "--story names one story")]
    public async Task Options_that_make_no_sense_are_refused(string line, string sentence)
    {
        var result = await _koauth.RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_directory_without_a_database_it_does_not_say_there_is_nothing()
    {
        var result = await _koauth.RunAsync("diagnose");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains($"There is no KOauth database in {_koauth.DataDirectory}", result.Error, StringComparison.Ordinal);
        Assert.Contains("--data", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_koauth.DataDirectory));
    }

    private Task PrepareAsync() => _koauth.PrepareAsync(async services =>
    {
        var ct = TestContext.Current.CancellationToken;
        await using (var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct))
        {
            db.Clients.Add(new Client { ClientId = "claude-mcp", Name = "Claude", RedirectUris = ["https://claude.ai/oauth/callback"] });
            await db.SaveChangesAsync(ct);
        }

        using var scope = services.CreateScope();
        var story = scope.ServiceProvider.GetRequiredService<Story>();
        story.ClientId = "claude-mcp";
        story.Tell(StoryEvents.AuthorizeReceived, "Authorization request received");
        story.Tell(StoryEvents.AuthorizeRefused, new Refusal(Reasons.RedirectUriMismatch)
        {
            Expected = "https://claude.ai/oauth/callback",
            Received = "https://claude.ai/oauth/callback/",
            Detail = "a slash at the end",
            Fix = "koauth client update claude-mcp --add-redirect-uri https://claude.ai/oauth/callback/",
        });
        _reference = story.Reference;

        var writer = services.GetRequiredService<StoryWriter>();
        await writer.StartAsync(ct);
        await services.GetRequiredService<Journal>().FlushAsync(ct);
        await writer.StopAsync(ct);
    });
}
