using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.Admin.Clients;

/// <summary>The command that registers what somebody tried to update, ready to paste into a shell.</summary>
internal static class RegisterLine
{
    public static string For(string id, ClientChange change)
    {
        List<string> words = ["koauth", "client", "register", id];
        string[] redirectUris = [.. change.RedirectUris ?? [], .. change.AddRedirectUris];
        if (redirectUris.Length > 0)
        {
            words.AddRange(["--redirect-uris", string.Join(',', redirectUris)]);
        }
        else if (change.GrantTypes?.Contains(GrantTypeNames.AuthorizationCode) != false)
        {
            // The id often names the app: claude-mcp.
            var preset = Presets.All.Where(p => $"-{id}-".Contains($"-{p.Id}-", StringComparison.OrdinalIgnoreCase)).MaxBy(p => p.Id.Length);
            words.AddRange(preset is null ? ["--redirect-uris", "URI"] : ["--preset", preset.Id]);
        }

        Add("--name", change.Name);
        Add("--grants", change.GrantTypes is { } grants ? string.Join(',', grants.Select(GrantTypeNames.Short)) : null);
        Add("--scopes", Words(change.Scopes, ' '));
        Add("--resources", Words(change.Resources, ','));
        Add("--speaks-for", change.SpeaksFor is { Count: > 0 } own ? string.Join(',', own) : null);
        Add("--exchange-targets", change.ExchangeTargets is { Count: > 0 } targets ? string.Join(',', targets) : null);
        Add("--description", change.Description);
        Add("--website", change.Website);
        Add("--logo", change.Logo);
        if (change.Trusted == true)
        {
            words.Add("--trusted");
        }

        if (change.RequiresPushedRequests == true)
        {
            words.Add("--require-par");
        }

        if (change.RequiresBoundTokens == true)
        {
            words.Add("--dpop");
        }

        return string.Join(' ', words.Select(Quoted));

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                words.AddRange([option, value]);
            }
        }
    }

    private static string? Words(Limit? limit, char separator) =>
        limit is null ? null : limit.Words is { } words ? string.Join(separator, words) : Limit.LiftedBy;

    /// <summary>In single quotes nothing means anything to a shell but the quote itself.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:,=@%+".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
