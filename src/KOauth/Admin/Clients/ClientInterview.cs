using KOauth.Clients;
using KOauth.Data;
using KOauth.Protocol;
using KOauth.Resources;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace KOauth.Admin.Clients;

/// <summary>
/// Asks a person for what a registration lacks, and nothing else: which app, its redirect URIs when they are not known, the id,
/// and the MCP server's address when none is registered. A wrong answer is asked again.
/// </summary>
internal static class ClientInterview
{
    private const string OtherApp = "other";

    public static async Task<Answers> AskAsync(
        IAnsiConsole terminal, Answers known, IReadOnlyList<Resource> resources, IServiceProvider services, CancellationToken ct)
    {
        var answers = known;
        var needsRedirect = known.Options.GrantTypes?.Contains(GrantTypeNames.AuthorizationCode) != false;
        if (needsRedirect && answers.Preset is null && answers.Options.RedirectUris is null)
        {
            answers = answers with { Preset = Presets.Find(await AskAppAsync(terminal, ct)) };
        }

        if (needsRedirect && answers.Options.RedirectUris is null && answers.Preset is null or { RedirectUris.Count: 0 })
        {
            var uris = await AskRedirectUrisAsync(terminal, ct);
            answers = answers with { Options = answers.Options with { RedirectUris = uris } };
        }

        if (answers.Id is null)
        {
            answers = answers with { Id = await AskIdAsync(terminal, answers.Preset, services, ct) };
        }

        return resources.Count == 0 && answers.Options.Resources is null
            ? answers with { McpUrl = await AskMcpUrlAsync(terminal, ct) }
            : answers;
    }

    private static async Task<string> AskAppAsync(IAnsiConsole terminal, CancellationToken ct)
    {
        var names = Presets.All.Select(p => p.Id).Append(OtherApp).ToList();
        terminal.WriteLine($"Known apps: {string.Join(", ", names)}");
        return await terminal.PromptAsync(
            new TextPrompt<string>("Which app is it?").DefaultValue("claude")
                .Validate(app => names.Contains(app) ? ValidationResult.Success() : Again($"'{app}' is none of them; if it is another app, type {OtherApp}.")),
            ct);
    }

    private static async Task<IReadOnlyList<string>> AskRedirectUrisAsync(IAnsiConsole terminal, CancellationToken ct)
    {
        var line = await terminal.PromptAsync(
            new TextPrompt<string>("Its redirect URIs, separated by commas:").Validate(text => Split(text)
                .Select(uri => RedirectUri.Parse(uri).Ok(out _, out var refusal) ? null : refusal.Detail)
                .FirstOrDefault(fault => fault is not null) is { } fault ? Again(fault) : ValidationResult.Success()),
            ct);
        return Split(line);
    }

    private static async Task<string> AskIdAsync(IAnsiConsole terminal, Preset? preset, IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<KOauthDb>>().CreateDbContextAsync(ct);
        var taken = (await db.Clients.Where(c => c.Origin == ClientOrigin.Administrator).Select(c => c.ClientId).ToListAsync(ct)).ToHashSet();
        var stem = preset is null ? "my-app" : $"{preset.Id}-mcp";
        var free = Enumerable.Range(1, taken.Count + 1).Select(n => n == 1 ? stem : $"{stem}-{n}").First(id => !taken.Contains(id));
        return await terminal.PromptAsync(
            new TextPrompt<string>("Which id shall it have?").DefaultValue(free)
                .Validate(id => taken.Contains(id) ? Again($"There is a client '{id}' already.") : Judge(ClientRules.IdFault(id))),
            ct);
    }

    private static async Task<string?> AskMcpUrlAsync(IAnsiConsole terminal, CancellationToken ct)
    {
        var url = await terminal.PromptAsync(
            new TextPrompt<string>("The address of your MCP server (empty: later):").AllowEmpty()
                .Validate(text => text.Length == 0 || ResourceUri.Parse(text).Ok(out _, out var refusal) ? ValidationResult.Success() : Again(refusal.Detail!)),
            ct);
        return url.Length == 0 ? null : url;
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static ValidationResult Judge(string? fault) => fault is null ? ValidationResult.Success() : Again(fault);

    private static ValidationResult Again(string sentence) => ValidationResult.Error(Markup.Escape(sentence));

    /// <summary>What is known of the client to be made.</summary>
    internal sealed record Answers(string? Id, Preset? Preset, ClientChange Options, string? McpUrl);
}
