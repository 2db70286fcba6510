using System.Text.Json;
using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>
/// Where settings come from: environment, then <c>koauth.json</c> in the data directory, then the command line; later wins.
/// Nothing is silently ignored: what is not understood becomes a problem (file, command line) or a named warning (environment).
/// </summary>
internal sealed class SettingSources(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> options)
{
    private const int LargestFile = 64 * 1024;

    private static readonly JsonDocumentOptions _json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        MaxDepth = 4,
    };

    public List<string> Problems { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>The text of the environment or the command line, before the file is known.</summary>
    public SettingText? Outside(Setting setting) => FromOptions(setting) ?? FromEnvironment(setting);

    /// <summary>The texts that count, one a setting at most.</summary>
    public Dictionary<Setting, SettingText> Read(string file)
    {
        var texts = new Dictionary<Setting, SettingText>();
        foreach (var setting in SettingsTable.All)
        {
            if (FromEnvironment(setting) is { } text)
            {
                texts[setting] = text;
            }
        }

        foreach (var text in FromFile(file))
        {
            texts[text.Setting] = text;
        }

        foreach (var text in SettingsTable.All.Select(FromOptions).OfType<SettingText>())
        {
            texts[text.Setting] = text;
        }

        Warnings.AddRange(environment.Keys.Order(StringComparer.Ordinal).Select(Stranger).OfType<string>());
        Warnings.AddRange(SettingsTable.All.SelectMany(Overshadowed));
        return texts;
    }

    private SettingText? FromOptions(Setting setting) =>
        setting.Option is { } option && options.TryGetValue(option, out var text)
            ? new SettingText(setting, text.Trim(), option, $"command line {option}")
            : null;

    // An empty variable is an unset one: compose files pass on what is not there as "".
    private SettingText? FromEnvironment(Setting setting) => setting.AlsoFrom.Prepend(setting.Name)
        .Where(name => environment.TryGetValue(name, out var text) && !string.IsNullOrWhiteSpace(text))
        .Select(name => new SettingText(setting, environment[name].Trim(), name, $"environment {name}"))
        .FirstOrDefault();

    private IEnumerable<string> Overshadowed(Setting setting)
    {
        var used = FromEnvironment(setting);
        return setting.AlsoFrom
            .Where(name => used is not null && name != used.Where && environment.TryGetValue(name, out var text)
                && !string.IsNullOrWhiteSpace(text) && text.Trim() != used.Text)
            .Select(name => $"{name} has no effect, because {used!.Where} is set.");
    }

    private static string? Stranger(string name)
    {
        if (!name.StartsWith(Setting.Prefix, StringComparison.Ordinal)
            || SettingsTable.All.Any(s => s.Name == name) || SettingsTable.Matches(SettingsTable.OfOthers, name))
        {
            return null;
        }

        return SettingsTable.Matches(SettingsTable.NotYet, name)
            ? $"{name} is not supported in this version and has no effect."
            : $"{name} is not a setting and has no effect{Hint(name, s => s.Name)}";
    }

    private IEnumerable<SettingText> FromFile(string file)
    {
        JsonDocument document;
        try
        {
            if (!File.Exists(file))
            {
                return [];
            }

            if (new FileInfo(file).Length > LargestFile)
            {
                Problems.Add($"{file} is larger than any honest settings file.");
                return [];
            }

            document = JsonDocument.Parse(File.ReadAllBytes(file), _json);
        }
        catch (JsonException broken)
        {
            Problems.Add($"{file} is not valid JSON, look at line {broken.LineNumber + 1}: {broken.Message.Split(". ")[0].Split(" LineNumber")[0]}");
            return [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Problems.Add($"{file} cannot be read by this user: give it to the user that runs KOauth.");
            return [];
        }

        using (document)
        {
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                Problems.Add($"{file} must hold one JSON object, such as {{ \"issuer\": \"https://auth.example.com\" }}.");
                return [];
            }

            return [.. document.RootElement.EnumerateObject().Select(member => FromMember(file, member)).OfType<SettingText>()];
        }
    }

    private SettingText? FromMember(string file, JsonProperty member)
    {
        var name = Setting.Prefix + member.Name.ToUpperInvariant();
        var setting = SettingsTable.All.FirstOrDefault(s => s.FileName == member.Name);
        if (setting is null)
        {
            Problems.Add(SettingsTable.Matches(SettingsTable.NotYet, name)
                ? $"'{member.Name}' in {file} is not supported in this version: remove it."
                : $"'{member.Name}' in {file} is not a setting{Hint(member.Name, s => s.FileName)}");
            return null;
        }

        if (setting.IsNotInFile)
        {
            Problems.Add($"'{member.Name}' cannot stand in {file}, because it says where that file is: use {setting.Option} or {setting.Name}.");
            return null;
        }

        var text = member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString(),
            JsonValueKind.Number => member.Value.GetRawText(),
            JsonValueKind.Array when member.Value.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String) =>
                string.Join(',', member.Value.EnumerateArray().Select(e => e.GetString())),
            _ => null,
        };
        if (string.IsNullOrWhiteSpace(text))
        {
            Problems.Add($"'{member.Name}' in {file} must be a text, such as \"{setting.Example}\": write one or remove the line.");
            return null;
        }

        return new SettingText(setting, text.Trim(), $"{member.Name} in {file}", $"{file}");
    }

    private static string Hint(string name, Func<Setting, string> spelling) =>
        Nearest.To(name, SettingsTable.All.Select(spelling)) is { } near ? $"; did you mean {near}?" : ".";
}
