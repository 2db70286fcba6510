using System.Reflection;
using System.Text.RegularExpressions;

namespace KOauth.Tests.House;

/// <summary>The rules of CONTRIBUTING.md that a machine can check.</summary>
public sealed partial class HouseRules
{
    private static readonly string _src = Path.Combine(Document.Root, "src", "KOauth");

    private static readonly string[] _features = ["OAuth", "Account", "Admin", "Demo", "Health"];

    private static readonly string[] _forbiddenSuffixes =
        ["Manager", "Helper", "Util", "Utils", "Service", "Processor", "Provider", "Base", "Impl", "Dto", "Info", "Data"];

    /// <summary>Who may use whom below the features. Everybody may report to Stories, which knows nobody.</summary>
    private static readonly Dictionary<string, string[]> _arrows = new(StringComparer.Ordinal)
    {
        ["Clients"] = ["Resources", "Stories", "Hosting", "Data", "Protocol"],
        ["Resources"] = ["Stories", "Hosting", "Data", "Protocol"],
        ["Grants"] = ["Clients", "Keys", "People", "Resources", "Stories", "Hosting", "Data", "Protocol"],
        ["Keys"] = ["Hosting", "Data", "Protocol"],
        ["People"] = ["Keys", "Stories", "Hosting", "Data", "Protocol"],
        ["Stories"] = ["Hosting", "Data", "Protocol"],
        ["Hosting"] = ["Data", "Protocol"],
        ["Protocol"] = [],

        // The one model of all tables needs the rows of the engine rooms, and the ledger's statements need the grant.
        ["Data"] = ["Clients", "Grants", "Keys", "People", "Resources", "Protocol"],
    };

    [Fact]
    public void A_feature_uses_its_own_folder_its_parents_and_what_lies_below()
    {
        // C# shows a type in OAuth/Token everything in OAuth without a using. So the only usings of our own that a feature can need
        // are engine rooms and floors; any other points sideways.
        var sideways =
            from folder in _features
            from file in Sources(folder)
            from line in File.ReadLines(file)
            let used = OwnUsing().Match(line)
            where used.Success && !_arrows.ContainsKey(used.Groups["room"].Value)
            select $"{Path.GetRelativePath(_src, file)}: {line}";

        Assert.Empty(sideways);
    }

    [Fact]
    public void Engine_rooms_and_floors_use_only_what_they_may()
    {
        var wrong =
            from room in _arrows
            from file in Sources(room.Key)
            from line in File.ReadLines(file)
            let used = OwnUsing().Match(line)
            where used.Success && used.Groups["room"].Value != room.Key && !room.Value.Contains(used.Groups["room"].Value)
            select $"{Path.GetRelativePath(_src, file)}: {line}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_is_a_feature_an_engine_room_or_a_floor()
    {
        var folders = Directory.GetDirectories(_src).Select(d => Path.GetFileName(d)!).Except(["bin", "obj", "wwwroot", "Properties"]);

        Assert.Equal(_features.Concat(_arrows.Keys).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Protocol_knows_nothing_of_the_web_or_the_database()
    {
        var wrong =
            from file in Sources("Protocol")
            from line in File.ReadLines(file)
            where WebOrDatabase().IsMatch(line)
            select $"{Path.GetRelativePath(_src, file)}: {line}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void No_file_is_longer_than_300_lines() =>
        Assert.Empty(Sources(".").Where(file => File.ReadLines(file).Count() > 300).Select(file => Path.GetRelativePath(_src, file)));

    [Fact]
    public void Every_feature_is_in_the_table_of_contents()
    {
        var written = OwnTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(KOauth.Hosting.IFeature))).Select(t => t.Name);

        Assert.Equal(written.Order(StringComparer.Ordinal), Features.All.Select(f => f.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var wrong = OwnTypes().Select(t => t.Name.Split('`')[0]).Where(name => _forbiddenSuffixes.Any(s => name.EndsWith(s, StringComparison.Ordinal)));

        Assert.Empty(wrong);
    }

    [Fact]
    public void No_interface_has_only_one_implementation()
    {
        // The ledger has a second engine to come; its rules are tested against the interface.
        var lonely = OwnTypes().Where(t => t.IsInterface && t.Name != "ILedger")
            .Where(i => OwnTypes().Count(t => t.IsClass && t.IsAssignableTo(i)) < 2)
            .Select(t => t.Name);

        Assert.Empty(lonely);
    }

    [Fact]
    public void Types_are_closed_to_the_outside()
    {
        Assert.Empty(OwnTypes().Where(t => t.IsPublic && !t.FullName!.Contains(".Migrations.", StringComparison.Ordinal)).Select(t => t.FullName));
    }

    [Fact]
    public void Time_and_randomness_have_one_source()
    {
        var wrong =
            from file in Sources(".")
            where Path.GetFileName(file) is not "Randomness.cs"
            from line in File.ReadLines(file)
            where TimeOrChance().IsMatch(line)
            select $"{Path.GetRelativePath(_src, file)}: {line.Trim()}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var wrong =
            from file in Sources(".")
            from line in File.ReadLines(file)
            where Unfinished().IsMatch(line)
            select $"{Path.GetRelativePath(_src, file)}: {line.Trim()}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_feature_opens_with_a_paragraph()
    {
        var mute = Sources(".").Where(f => f.EndsWith("Feature.cs", StringComparison.Ordinal) && !f.EndsWith("IFeature.cs", StringComparison.Ordinal))
            .Where(f => !File.ReadAllText(f).Contains("/// <summary>", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(_src, f));

        Assert.Empty(mute);
    }

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Path.Combine(_src, folder), "*.*", SearchOption.AllDirectories)
        .Where(f => Path.GetExtension(f) is ".cs" or ".cshtml" && !f.Contains($"{Path.DirectorySeparatorChar}Migrations{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<Type> OwnTypes() => typeof(Cli).Assembly.GetTypes()
        .Where(t => t.Namespace?.StartsWith("KOauth", StringComparison.Ordinal) == true && !t.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)) && !t.Name.StartsWith('<'));

    [GeneratedRegex(@"^\s*@?using (static )?(\w+ = )?KOauth\.(?<room>\w+)")]
    private static partial Regex OwnUsing();

    [GeneratedRegex(@"Microsoft\.(AspNetCore|EntityFrameworkCore|Data|Extensions)|\bHttpContext\b|\bIResult\b|\bDbContext\b|\bSqlite")]
    private static partial Regex WebOrDatabase();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bGuid\.(NewGuid|CreateVersion7)\b|\bnew Random\(|\bRandom\.Shared\b|\bRandomNumberGenerator\b|Environment\.TickCount|Stopwatch\.")]
    private static partial Regex TimeOrChance();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException|\bHACK\b")]
    private static partial Regex Unfinished();
}
