using KOauth.Protocol;

namespace KOauth.Tests;

/// <summary>An MCP server (the notes) that calls another one (the files) in the name of whoever uses it.</summary>
internal static class ExchangeSteps
{
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    public const string FilesUri = "https://files.example.test/mcp";

    /// <summary>Registers the files, and the notes' own client, which may exchange the notes' tokens for the files.</summary>
    public static async Task AddExchangeAsync(this KOauthApp koauth)
    {
        await koauth.AddResourceAsync(FilesUri, "notes:read", "files:read");
        await koauth.AddClientAsync("notes-server", change: c =>
        {
            (c.GrantTypes, c.RedirectUris) = ([GrantTypeNames.TokenExchange], []);
            (c.SpeaksFor, c.ExchangeTargets) = ([KOauthApp.NotesUri], [FilesUri]);
        });
    }

    public static Task<TokenReply> ExchangeAsync(
        this KOauthApp koauth, string token, string clientId = "notes-server", params (string Name, string? Value)[] changes) =>
        koauth.TokenAsync(Form(token, clientId, changes));

    public static (string, string)[] Form(string token, string clientId = "notes-server", params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = GrantTypeNames.TokenExchange,
            ["subject_token"] = token,
            ["subject_token_type"] = AccessTokenType,
            ["resource"] = FilesUri,
            ["client_id"] = clientId,
            ["client_secret"] = KOauthApp.SecretOf(clientId),
        };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return [.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))];
    }
}
