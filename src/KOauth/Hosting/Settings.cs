using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>Reads all settings and names every problem at once, so that nobody mends one, starts, and meets the next.</summary>
internal static class Settings
{
    public const string FileName = "koauth.json";

    /// <param name="environment">The environment variables.</param>
    /// <param name="options">Options of the command line that set something, by name.</param>
    public static LoadedSettings Load(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> options)
    {
        var sources = new SettingSources(environment, options);
        var settings = Defaults(sources.Outside(SettingsTable.Data) is { Text: { Length: > 0 } named } ? named : SettingsTable.Data.Default);
        var texts = sources.Read(Path.Combine(settings.DataDirectory, FileName));
        var problems = new List<string>(sources.Problems);

        foreach (var setting in SettingsTable.All)
        {
            if (texts.TryGetValue(setting, out var text) && setting.Read(text, ref settings) is { } problem)
            {
                problems.Add(problem);
            }
        }

        if (!texts.ContainsKey(SettingsTable.Issuer))
        {
            settings = settings with { Issuer = LocalIssuer(settings.Urls) };
        }

        problems.AddRange(SettingsTogether.Problems(settings, texts));
        return new LoadedSettings(settings, Values(settings, texts), problems, [.. sources.Warnings, .. SettingsTogether.Warnings(settings, texts)])
        {
            DirectoryIsNamed = texts.ContainsKey(SettingsTable.Data),
        };
    }

    private static KOauthSettings Defaults(string directory)
    {
        var path = Path.GetFullPath(directory);
        return new KOauthSettings
        {
            Issuer = Parsed(SettingsTable.Issuer.Default),
            DataDirectory = path,
            Urls = [SettingsTable.Urls.Default],
            MasterKeyFile = Path.Combine(path, "master.key"),
        };
    }

    // Without a public name this machine is the only place that can reach the server, so the issuer is its own port.
    private static IssuerUri LocalIssuer(IReadOnlyList<string> urls)
    {
        var port = urls.Select(BindingAddress.Parse).Where(a => !a.IsUnixPipe && a.Port > 0).Select(a => (int?)a.Port).FirstOrDefault();
        return port is null ? Parsed(SettingsTable.Issuer.Default) : Parsed(port == 80 ? "http://localhost" : $"http://localhost:{port}");
    }

    private static IssuerUri Parsed(string text) =>
        IssuerUri.TryParse(text, out var issuer, out var why) ? issuer! : throw new InvalidOperationException(why);

    private static List<SettingText> Values(KOauthSettings settings, Dictionary<Setting, SettingText> texts) =>
    [
        .. SettingsTable.All.Select(setting => texts.GetValueOrDefault(setting)
            ?? new SettingText(setting, InEffect(setting, settings), setting.Name, "default")),
    ];

    private static string InEffect(Setting setting, KOauthSettings settings) => setting.Name switch
    {
        "KOAUTH_DATA" => settings.DataDirectory,
        "KOAUTH_ISSUER" => settings.Issuer.Value,
        "KOAUTH_MASTER_KEY_FILE" => settings.MasterKeyFile,
        _ => setting.Default,
    };
}

/// <summary>The settings, where each came from, and everything that is wrong with them.</summary>
internal sealed record LoadedSettings(
    KOauthSettings Settings, IReadOnlyList<SettingText> Values, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings)
{
    /// <summary>Somebody named the data directory; the implicit <c>./data</c> is never created by a command.</summary>
    public bool DirectoryIsNamed { get; init; }

    /// <summary>The settings, when nothing is wrong with them.</summary>
    public KOauthSettings Checked() =>
        Problems.Count == 0 ? Settings : throw new StartRefusedException(string.Join(Environment.NewLine, Problems));
}
