using System.Net;

namespace KOauth.Hosting;

/// <summary>What each setting cannot know alone: whether they fit together.</summary>
internal static class SettingsTogether
{
    public static IEnumerable<string> Problems(KOauthSettings settings, IReadOnlyDictionary<Setting, SettingText> given)
    {
        if (given.ContainsKey(SettingsTable.MasterKey) && given.ContainsKey(SettingsTable.MasterKeyFile))
        {
            yield return "KOAUTH_MASTER_KEY and KOAUTH_MASTER_KEY_FILE are both set: remove one.";
        }

        if (settings.AccessTokenLifetime > settings.RefreshTokenLifetime)
        {
            yield return $"KOAUTH_ACCESS_TOKEN_LIFETIME ({Duration.Text(settings.AccessTokenLifetime)}) is longer than KOAUTH_REFRESH_TOKEN_LIFETIME ({Duration.Text(settings.RefreshTokenLifetime)}): make it shorter.";
        }

        if (settings.AccessTokenLifetime > settings.RefreshTokenIdle)
        {
            yield return $"KOAUTH_REFRESH_TOKEN_IDLE ({Duration.Text(settings.RefreshTokenIdle)}) is shorter than KOAUTH_ACCESS_TOKEN_LIFETIME ({Duration.Text(settings.AccessTokenLifetime)}): every connection would end before its first refresh.";
        }
    }

    public static IEnumerable<string> Warnings(KOauthSettings settings, IReadOnlyDictionary<Setting, SettingText> given)
    {
        if (given.TryGetValue(SettingsTable.Audience, out var audience) && audience.Where == "JWT_AUDIENCE")
        {
            var rest = audience.Text.Contains(',') ? " A token has one audience, so the others of the list have no effect." : "";
            yield return $"JWT_AUDIENCE is used as the audience of tokens asked for without a resource: '{settings.Audience}'.{rest} "
                + "MCP clients name the server they want a token for: register it with 'koauth resource register URL' and remove JWT_AUDIENCE.";
        }

        var listening = settings.Urls.Select(BindingAddress.Parse).Where(a => !a.IsUnixPipe).ToList();
        if (settings.Issuer.IsHttps)
        {
            yield break;
        }

        if (listening.FirstOrDefault(a => !IsLoopback(a.Host)) is { } open)
        {
            yield return $"The server listens at {open} for other machines, but KOAUTH_ISSUER is {settings.Issuer}, which only this machine understands: set KOAUTH_ISSUER to the https URL people use.";
        }

        if (listening.Count > 0 && listening.All(a => a.Port != 0 && a.Port != settings.Issuer.Port))
        {
            yield return $"KOAUTH_ISSUER is {settings.Issuer}, but the server listens at {string.Join(", ", settings.Urls)}: unless something forwards port {settings.Issuer.Port}, apps will find nobody there.";
        }
    }

    private static bool IsLoopback(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
