using System.Globalization;

namespace KOauth.Bench;

/// <summary>What the command line asks for; anything it does not know is an error.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench -- [ROW…] [--seconds N] [--runs N] [--warm-up N] [--connections N]
                                                        [--log LEVEL] [--published] [--set NAME=VALUE]… [--markdown]
        """;

    public IReadOnlyList<string> Rows { get; private init; } = [];

    public int Seconds { get; private init; } = 10;

    public int Runs { get; private init; } = 5;

    public int WarmUp { get; private init; } = 5;

    public int Connections { get; private init; } = 64;

    /// <summary>The server's log level; its log goes to a pipe that the driver empties.</summary>
    public string LogLevel { get; private init; } = "info";

    /// <summary>Load the published program instead of the built one.</summary>
    public bool Published { get; private init; }

    /// <summary>Environment variables of the server, to try something out or to let perf read names.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    /// <summary>Write the tables into docs/performance.md.</summary>
    public bool Markdown { get; private init; }

    public bool Wants(string row) => Rows.Count == 0 || Rows.Contains(row);

    public static BenchOptions Parse(IReadOnlyList<string> args, IReadOnlyList<string> rows)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--seconds" => options with { Seconds = Number(args, ++i) },
                "--runs" => options with { Runs = Number(args, ++i) },
                "--warm-up" => options with { WarmUp = Number(args, ++i) },
                "--connections" => options with { Connections = Number(args, ++i) },
                "--log" => options with { LogLevel = Text(args, ++i) },
                "--set" => options with { Environment = With(options.Environment, Text(args, ++i)) },
                "--published" => options with { Published = true },
                "--markdown" => options with { Markdown = true },
                var row when rows.Contains(row) => options with { Rows = [.. options.Rows, row] },
                var other => throw new BenchFailedException($"'{other}' is no row or option. Rows: {string.Join(", ", rows)}\n{Usage}"),
            };
        }

        return options;
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> environment, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new Dictionary<string, string>(environment) { [setting[..equals]] = setting[(equals + 1)..] }
            : throw new BenchFailedException($"--set needs NAME=VALUE.\n{Usage}");
    }

    private static string Text(IReadOnlyList<string> args, int i) =>
        i < args.Count ? args[i] : throw new BenchFailedException($"{args[i - 1]} needs a value.\n{Usage}");

    private static int Number(IReadOnlyList<string> args, int i) =>
        int.TryParse(Text(args, i), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new BenchFailedException($"{args[i - 1]} needs a whole number above 0.\n{Usage}");
}
