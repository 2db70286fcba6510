using System.CommandLine.Parsing;
using System.Text.Json;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Tests.Data;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests;

/// <summary>Runs <c>koauth …</c> as a shell would, in a directory and an environment of its own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("koauth-test-").FullName;

    public CommandLine() => Environment["KOAUTH_DATA"] = DataDirectory;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Does not exist until somebody makes it.</summary>
    public string DataDirectory => Path.Combine(_directory, "data");

    /// <summary>What the person answers when a command asks; null: nobody is there.</summary>
    public string[]? Answers { get; set; }

    /// <summary>What is piped in.</summary>
    public string Input { get; set; } = "";

    /// <summary>With an empty, migrated database in its directory.</summary>
    public static CommandLine WithDatabase()
    {
        var commandLine = new CommandLine();
        Directory.CreateDirectory(commandLine.DataDirectory);
        TestDatabase.CopyTo(commandLine.DataDirectory);
        return commandLine;
    }

    /// <summary>Runs a line; double quotes hold words together.</summary>
    public Task<CommandResult> TypeAsync(string line) => RunAsync([.. CommandLineParser.SplitCommandLine(line)]);

    public async Task<CommandResult> RunAsync(params string[] args)
    {
        await using CommandServices configured = new ConfiguredServices(Environment);
        await using CommandServices services = Answers is null ? new Piped(configured, Input) : new Typist(configured, Answers);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await Cli.RunAsync(args, services, output, error, TestContext.Current.CancellationToken);
        return new CommandResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Looks into the database, or prepares it, past all commands.</summary>
    public async Task<T> InDatabaseAsync<T>(Func<KOauthDb, Task<T>> look)
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddData(new StoreSettings { DataDirectory = DataDirectory, Durable = false }).BuildServiceProvider();
        await using var db = services.GetRequiredService<Databases>().CreateDbContext();
        return await look(db);
    }

    /// <summary>Creates the database when there is none and does something with its services, as a command or the server would.</summary>
    public async Task PrepareAsync(Func<IServiceProvider, Task> prepare)
    {
        await using var services = new ConfiguredServices(Environment);
        await prepare(await services.OpenOrCreateAsync(new System.CommandLine.RootCommand().Parse([]), TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        if (File.Exists(Path.Combine(DataDirectory, "koauth.db")))
        {
            TestDatabase.Remove(DataDirectory); // closes pooled connections first
        }

        Directory.Delete(_directory, recursive: true);
    }
}

internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}
