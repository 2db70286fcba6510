using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KOauth.Tests.Hosting;

public sealed class ServeTests : IDisposable
{
    private readonly CommandLine _koauth = new();

    public ServeTests() => _koauth.Environment["KOAUTH_URLS"] = "http://127.0.0.1:0";

    public void Dispose() => _koauth.Dispose();

    [Theory]
    [InlineData("serve")]
    [InlineData("")]
    public async Task It_says_where_it_is_and_what_comes_next_and_stops_in_peace(string line)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var services = new ConfiguredServices(_koauth.Environment);
        using var output = new UntilWriter("koauth client register", stop);
        using var error = new StringWriter();

        var exitCode = await Cli.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), services, output, error, stop.Token);

        Assert.Equal((0, ""), (exitCode, error.ToString()));
        Assert.Contains("Issuer     http://localhost:3000", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"Listening  http://127\.0\.0\.1:[1-9]", output.ToString());
        Assert.Contains("Cookies    koauth-3000", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Proxies    none trusted", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"koauth resource register https://your-mcp-server.example/mcp --data {_koauth.DataDirectory}", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("token=", output.ToString(), StringComparison.Ordinal); // the setup link is shown on terminals only
    }

    [Fact]
    public async Task It_says_what_a_reverse_proxy_in_front_must_know()
    {
        _koauth.Environment["KOAUTH_ISSUER"] = "https://example.com/auth";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var services = new ConfiguredServices(_koauth.Environment);
        using var output = new UntilWriter("koauth client register", stop);

        await Cli.RunAsync(["serve"], services, output, output, stop.Token);

        Assert.Contains("Cookies    __Host-koauth", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Hint: Something in front adds https.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("/.well-known/*/auth", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_port_is_named_with_the_remedy()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var result = await _koauth.RunAsync("serve", "--urls", $"http://127.0.0.1:{port}");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"Something listens at http://127.0.0.1:{port} already. Stop it, or choose another port: koauth serve --urls http://localhost:PORT{Environment.NewLine}", result.Error);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named_with_the_remedy()
    {
        var result = await _koauth.RunAsync("serve", "--urls", "http://192.0.2.1:3999");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("This machine has no address of http://192.0.2.1:3999.", result.Error, StringComparison.Ordinal);
    }

    [Fact, Trait("check", "R-08")]
    public async Task A_data_directory_that_cannot_be_written_is_named_with_the_remedy()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_koauth.DataDirectory)!);
        var file = _koauth.DataDirectory;
        await File.WriteAllTextAsync(file, "a file, no directory", TestContext.Current.CancellationToken);

        var result = await _koauth.RunAsync("serve");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(file, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Equal("a file, no directory", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact, Trait("check", "R-26"), Trait("check", "A-69")]
    public async Task Settings_that_cannot_be_stop_the_start_before_anything_is_made()
    {
        _koauth.Environment["KOAUTH_ISSUER"] = "http://auth.example.com";
        _koauth.Environment["KOAUTH_REFRESH_GRACE"] = "soon";

        var result = await _koauth.RunAsync("serve");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(2, result.Error.Trim().Split('\n').Length);
        Assert.False(Directory.Exists(_koauth.DataDirectory));
    }

    [Fact, Trait("check", "A-86")]
    public async Task A_lost_master_key_stops_the_start_and_nothing_is_overwritten()
    {
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            await using var services = new ConfiguredServices(_koauth.Environment);
            using var output = new UntilWriter("koauth client register", stop);
            await Cli.RunAsync(["serve"], services, output, output, stop.Token);
        }

        File.Delete(Path.Combine(_koauth.DataDirectory, "master.key"));

        var result = await _koauth.RunAsync("serve");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(Path.Combine(_koauth.DataDirectory, "master.key"), result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_koauth.DataDirectory, "master.key")));
    }

    /// <summary>Cancels when it has been written what it waits for.</summary>
    private sealed class UntilWriter(string awaited, CancellationTokenSource stop) : StringWriter
    {
        private readonly Lock _gate = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            lock (_gate)
            {
                WriteLine(value);
                if (ToString().Contains(awaited, StringComparison.Ordinal))
                {
                    stop.Cancel();
                }
            }

            return Task.CompletedTask;
        }
    }
}
