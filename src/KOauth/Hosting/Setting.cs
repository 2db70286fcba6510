namespace KOauth.Hosting;

/// <summary>One setting: its names, its default, what it means and how its text is read. <see cref="SettingsTable"/> lists them all.</summary>
internal sealed record Setting(string Name, string Default, string Help)
{
    public const string Prefix = "KOAUTH_";

    /// <summary>Names of other systems that are read when this one is not given, the first wins.</summary>
    public IReadOnlyList<string> AlsoFrom { get; init; } = [];

    /// <summary>A value other than the default, for the documents and the test that every setting has an effect.</summary>
    public required string Example { get; init; }

    public required SettingReader Read { get; init; }

    /// <summary>Its value is never printed.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The option of <c>koauth serve</c> or of every command that sets it, or null.</summary>
    public string? Option { get; init; }

    /// <summary>It says where koauth.json is, so it cannot stand in it.</summary>
    public bool IsNotInFile { get; init; }

    /// <summary>The name in koauth.json: <c>refresh_grace</c>.</summary>
    public string FileName => Name[Prefix.Length..].ToLowerInvariant();
}

/// <summary>Puts the text into the settings; the answer is null, or a sentence with the remedy.</summary>
internal delegate string? SettingReader(SettingText given, ref KOauthSettings settings);

/// <summary>The text of a setting and where it stands.</summary>
/// <param name="Setting">Which setting it is for.</param>
/// <param name="Text">As written, without space around it.</param>
/// <param name="Where">A name the reader can look for: <c>JWT_ISSUER</c>, <c>refresh_grace in /data/koauth.json</c>, <c>--urls</c>.</param>
/// <param name="Source">For <c>config show</c>: <c>default</c>, <c>environment KOAUTH_ISSUER</c>, …</param>
internal sealed record SettingText(Setting Setting, string Text, string Where, string Source)
{
    public string Shown => !Setting.IsSecret || Text.Length == 0 ? Text : "(hidden)";

    public string Wrong(string remedy) => Setting.IsSecret ? $"{Where}: {remedy}" : $"{Where} is '{Text}': {remedy}";
}
