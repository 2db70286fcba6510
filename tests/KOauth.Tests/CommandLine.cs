namespace KOauth.Tests;

/// <summary>Runs <c>koauth …</c> as a shell would, in a directory and an environment of its own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("koauth-test-").FullName;

    public CommandLine() => Environment["KOAUTH_DATA"] = DataDirectory;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Does not exist until somebody makes it.</summary>
    public string DataDirectory => Path.Combine(_directory, "data");

    public async Task<CommandResult> RunAsync(params string[] args)
    {
        await using var services = new ConfiguredServices(Environment);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await Cli.RunAsync(args, services, output, error, TestContext.Current.CancellationToken);
        return new CommandResult(exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

internal sealed record CommandResult(int ExitCode, string Output, string Error);
