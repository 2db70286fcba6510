using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>An identity provider whose assertions about people are believed (RFC 7523), and where its public keys are.</summary>
/// <param name="Issuer">As it stands in <c>iss</c>, letter by letter.</param>
/// <param name="KeysAt">An https URL or an absolute path of a file with a JWK Set (RFC 7517 §5).</param>
internal sealed record AssertionIssuer(string Issuer, string KeysAt)
{
    /// <summary>What the table that links accounts can keep.</summary>
    public const int MaxLength = 128;

    public const int MaxIssuers = 50;

    public bool KeysAreInFile => Path.IsPathFullyQualified(KeysAt);

    /// <summary>Reads <c>ISSUER=KEYS,…</c>.</summary>
    public static string? Read(SettingText given, ref KOauthSettings settings)
    {
        var issuers = new List<AssertionIssuer>();
        foreach (var text in given.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = text.IndexOf('=', StringComparison.Ordinal);
            if (cut < 0)
            {
                return given.Wrong($"write the issuer and where its keys are: '{text}=https://…/jwks', or a file with its JWK Set in place of the URL.");
            }

            var (issuer, keysAt) = (text[..cut], text[(cut + 1)..]);
            if (!IsAddress(issuer) || issuer.Contains('?') || issuer.Length > MaxLength)
            {
                return given.Wrong($"'{issuer}' is no https URL without a query and of at most {MaxLength} characters. Copy it from the 'issuer' of the provider's metadata.");
            }

            var named = new AssertionIssuer(issuer, keysAt);
            if (!named.KeysAreInFile && !IsAddress(keysAt))
            {
                return given.Wrong($"'{keysAt}' is neither an https URL nor the whole path of a file.");
            }

            if (issuers.Exists(i => i.Issuer == issuer))
            {
                return given.Wrong($"'{issuer}' is named twice.");
            }

            issuers.Add(named);
        }

        if (issuers.Count is 0 or > MaxIssuers)
        {
            return given.Wrong($"name 1 to {MaxIssuers} issuers.");
        }

        settings = settings with { AssertionIssuers = issuers };
        return null;
    }

    // https, or http on this machine.
    private static bool IsAddress(string text) => ResourceUri.Parse(text).Ok(out _, out _);
}
