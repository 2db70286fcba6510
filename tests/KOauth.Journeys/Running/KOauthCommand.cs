namespace KOauth.Journeys.Running;

/// <summary>Runs the built <c>koauth</c> as people do: a process, arguments, exit code.</summary>
internal static class KOauthCommand
{
    /// <summary>The product's own build next to this project's, complete with its files; not the copy that a reference makes.</summary>
    public static readonly string Assembly = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "KOauth", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "koauth.dll"));

    // Settings of whoever runs the tests must not reach the server under test.
    private static readonly string[] _foreign = ["KOAUTH_", "ASPNETCORE_", "JWT_", "DATABASE_URL", "PORT"];

    public static RunningProgram Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? settings = null, string? input = null)
    {
        Assert.True(File.Exists(Assembly), $"{Assembly} is missing; build the solution first");
        return RunningProgram.Start("dotnet", [Assembly, .. arguments], WithoutForeignSettings(settings), input: input);
    }

    public static Dictionary<string, string?> WithoutForeignSettings(IReadOnlyDictionary<string, string>? settings = null)
    {
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => _foreign.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        return environment;
    }

    /// <summary>Runs a command that must succeed and gives its output.</summary>
    public static async Task<string> RunAsync(IEnumerable<string> arguments, string? input = null)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        await using var command = Start(arguments, input: input);
        var code = await command.ExitCodeAsync(patience.Token);
        Assert.True(code == 0, $"koauth {string.Join(' ', arguments)} ended with {code}:\n{command.Output}{command.Error}");
        return command.Output;
    }
}
