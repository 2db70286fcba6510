using System.Net;
using System.Net.Sockets;
using KOauth.Journeys.Running;
using Microsoft.Data.Sqlite;

namespace KOauth.Journeys;

/// <summary>A server that cannot serve says why in one sentence, changes nothing, and ends with 1 so that a service manager sees it.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _url = $"http://localhost:{FreePort.Next()}";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var sentence = await RefusedAsync(["--data", _directory.Path, "--urls", $"http://127.0.0.1:{port}"]);

        Assert.Contains($":{port}", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_named()
    {
        var file = _directory.Below("file");
        await File.WriteAllTextAsync(file, "precious", TestContext.Current.CancellationToken);

        var sentence = await RefusedAsync(["--data", file, "--urls", _url]);

        Assert.Contains(file, sentence, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_issuer_without_https_is_for_this_machine_only()
    {
        var sentence = await RefusedAsync(
            ["--data", _directory.Below("new"), "--urls", _url], new Dictionary<string, string> { ["KOAUTH_ISSUER"] = "http://auth.example.com" });

        Assert.Contains("https", sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory.Below("new")));
    }

    [Fact]
    [Trait("check", "R-44")]
    public async Task A_second_server_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var first = await KOauthProcess.StartAsync(_directory.Path, ct);

        var sentence = await RefusedAsync(["--data", _directory.Path, "--urls", _url]);

        Assert.Contains(_directory.Path, sentence, StringComparison.Ordinal);
        using var http = new HttpClient();
        using var answer = await http.GetAsync($"{first.Issuer}/.well-known/jwks.json", ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bm90IGEga2V5")]
    [InlineData("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=")]
    public async Task A_key_store_that_is_not_whole_stops_the_start_and_stays_as_it_is(string? masterKey)
    {
        await using (await KOauthProcess.StartAsync(_directory.Path, TestContext.Current.CancellationToken))
        {
            // The first start makes the keys.
        }

        var file = _directory.Below("master.key");
        File.Delete(file);
        if (masterKey is not null)
        {
            await File.WriteAllTextAsync(file, masterKey, TestContext.Current.CancellationToken);
        }

        var before = Keys();
        var sentence = await RefusedAsync(["--data", _directory.Path, "--urls", _url]);

        Assert.Contains(file, sentence, StringComparison.Ordinal);
        Assert.Equal(before, Keys());
    }

    private static async Task<string> RefusedAsync(string[] arguments, IReadOnlyDictionary<string, string>? settings = null)
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        await using var server = KOauthCommand.Start(["serve", .. arguments], settings);
        Assert.Equal(1, await server.ExitCodeAsync(patience.Token));
        Assert.DoesNotContain("   at ", server.Output + server.Error, StringComparison.Ordinal);
        return Assert.Single(server.Error.Trim().Split('\n'));
    }

    /// <summary>The master key, if there is one, and every key in the database.</summary>
    private List<string> Keys()
    {
        var master = _directory.Below("master.key");
        List<string> keys = File.Exists(master) ? [File.ReadAllText(master)] : [];
        using var database = new SqliteConnection($"Data Source={_directory.Below("koauth.db")};Pooling=False");
        database.Open();
        using var query = database.CreateCommand();
        query.CommandText = "select hex(wrapped_private_key) from signing_keys union all select hex(wrapped) from secret_keys order by 1";
        using var rows = query.ExecuteReader();
        while (rows.Read())
        {
            keys.Add(rows.GetString(0));
        }

        Assert.True(keys.Count > 2);
        return keys;
    }
}
