using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Tests;

public sealed class CliTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("koauth-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_refusal_is_its_sentence_and_nothing_else()
    {
        var (exitCode, output, error) = await RunAsync(new CommandRefusedException("This cannot be. Do that instead."));

        Assert.Equal((1, "", $"This cannot be. Do that instead.{Environment.NewLine}"), (exitCode, output, error));
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_one_line_that_names_the_file_with_the_rest()
    {
        var (exitCode, output, error) = await RunAsync(new InvalidOperationException("the inside of it"));

        var log = Path.Combine(_directory, "koauth-error.log");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal($"Something went wrong (InvalidOperationException). The details are in {log}{Environment.NewLine}", error);
        Assert.Contains("the inside of it", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
        }
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(Exception failure)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        await using var services = new FailingServices(failure);
        var exitCode = await Cli.RunAsync(["diagnose", "--data", _directory], services, output, error, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }

    private sealed class FailingServices(Exception failure) : CommandServices
    {
        public override LoadedSettings Settings(ParseResult command) => throw failure;

        public override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => throw failure;

        public override Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct) => throw failure;

        public override IServiceProvider Build(ParseResult command) => throw failure;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
