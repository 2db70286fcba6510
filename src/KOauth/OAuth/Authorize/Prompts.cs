namespace KOauth.OAuth.Authorize;

/// <summary>The <c>prompt</c> parameter (OpenID Connect Core §3.1.2.1).</summary>
[Flags]
internal enum Prompt
{
    Unspecified = 0,
    None = 1,
    Login = 2,
    Consent = 4,
    SelectAccount = 8,
}

internal static class Prompts
{
    /// <summary>Unknown values are ignored, like unknown parameters.</summary>
    public static Prompt Read(string? text)
    {
        var prompt = Prompt.Unspecified;
        foreach (var value in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            prompt |= value switch
            {
                "none" => Prompt.None,
                "login" => Prompt.Login,
                "consent" => Prompt.Consent,
                "select_account" => Prompt.SelectAccount,
                _ => Prompt.Unspecified,
            };
        }

        return prompt;
    }
}
