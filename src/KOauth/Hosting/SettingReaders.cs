using System.Globalization;
using System.Net;
using KOauth.Protocol;
using IPNetwork = System.Net.IPNetwork;

namespace KOauth.Hosting;

/// <summary>How the texts of settings are read.</summary>
internal static class SettingReaders
{

    public static string? Issuer(SettingText given, ref KOauthSettings settings)
    {
        if (!IssuerUri.TryParse(given.Text, out var issuer, out var why))
        {
            return given.Where == given.Setting.Name ? why : $"{given.Where}: {why}";
        }

        settings = settings with { Issuer = issuer! };
        return null;
    }

    /// <summary>A token has one audience, so of the list that JWT_AUDIENCE may hold only the first counts; a warning says so.</summary>
    public static string? Audience(SettingText given, ref KOauthSettings settings)
    {
        var audience = given.Text.Split(',', StringSplitOptions.TrimEntries)[0];
        if (audience.Length == 0 || audience.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            return given.Wrong("write one audience without spaces, such as https://mcp.example.com/mcp.");
        }

        if (given.Where == given.Setting.Name && given.Text.Contains(','))
        {
            return given.Wrong("a token has one audience. Register each server instead: koauth resource register URL");
        }

        settings = settings with { Audience = audience };
        return null;
    }

    public static string? Database(SettingText given, ref KOauthSettings settings)
    {
        if (given.Text == "sqlite")
        {
            settings = settings with { Database = given.Text };
            return null;
        }

        // The text may hold a password, so the sentence does not repeat it.
        return $"{given.Where} names a database server; this version has SQLite only, in the data directory. Set KOAUTH_DATABASE=sqlite.";
    }

    public static string? Data(SettingText given, ref KOauthSettings settings)
    {
        if (!IsPath(given.Text))
        {
            return given.Wrong("name a directory, such as /var/lib/koauth.");
        }

        var directory = Path.GetFullPath(given.Text);
        settings = settings with { DataDirectory = directory, MasterKeyFile = Path.Combine(directory, "master.key") };
        return null;
    }

    public static string? MasterKey(SettingText given, ref KOauthSettings settings)
    {
        if (!MasterKeyText.TryParse(given.Text, out var key, out var why))
        {
            return given.Wrong(why!);
        }

        settings = settings with { MasterKey = key };
        return null;
    }

    public static string? MasterKeyFile(SettingText given, ref KOauthSettings settings)
    {
        if (!IsPath(given.Text))
        {
            return given.Wrong("name a file, such as /run/secrets/koauth-master-key.");
        }

        settings = settings with { MasterKeyFile = Path.GetFullPath(given.Text) };
        return null;
    }

    public static string? Urls(SettingText given, ref KOauthSettings settings)
    {
        if (given.Where == "PORT")
        {
            if (!ushort.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                return given.Wrong("write a port number, such as 3000.");
            }

            settings = settings with { Urls = [$"http://+:{port}"] };
            return null;
        }

        var urls = given.Text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0 || !urls.All(IsListenable))
        {
            return urls.Any(u => u.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
                ? given.Wrong("the server speaks http and leaves certificates to a reverse proxy. Listen at http://localhost:3000 and let the proxy forward to it.")
                : given.Wrong("write addresses to listen at, such as http://localhost:3000 or http://0.0.0.0:3000.");
        }

        settings = settings with { Urls = urls };
        return null;
    }

    public static string? TrustedProxies(SettingText given, ref KOauthSettings settings)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in given.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0)
            {
                networks.Add(network);
            }
            else
            {
                return given.Wrong($"'{text}' is no address or network. Write the proxy's own, such as 10.0.0.7 or 172.18.0.0/16; everybody (/0) cannot be trusted.");
            }
        }

        settings = settings with { TrustedProxies = networks };
        return null;
    }

    public static SettingReader Lifetime(TimeSpan least, TimeSpan most, Func<KOauthSettings, TimeSpan, KOauthSettings> put) =>
        (SettingText given, ref KOauthSettings settings) =>
        {
            if (!Duration.TryParse(given.Text, out var duration))
            {
                return given.Wrong("write a number and a unit: 30s, 10m, 1h or 90d.");
            }

            if (duration < least || duration > most)
            {
                return given.Wrong($"it may be from {Duration.Text(least)} to {Duration.Text(most)}.");
            }

            settings = put(settings, duration);
            return null;
        };

    public static SettingReader OneOf<T>(Func<KOauthSettings, T, KOauthSettings> put, params (string Word, T Value)[] words) =>
        (SettingText given, ref KOauthSettings settings) =>
        {
            var found = words.FirstOrDefault(w => w.Word == given.Text);
            if (found.Word is null)
            {
                return given.Wrong($"it may be {string.Join(" or ", words.Select(w => w.Word))}.");
            }

            settings = put(settings, found.Value);
            return null;
        };

    private static bool IsPath(string text) => text.Length > 0 && !text.Contains('\0');

    private static bool IsListenable(string url)
    {
        if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            var address = BindingAddress.Parse(url);
            return address.Host.Length > 0 && address.PathBase.Length == 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
