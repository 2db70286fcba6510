using System.Net;
using System.Net.Sockets;
using System.Text;
using KOauth.Journeys.Running;

namespace KOauth.Journeys;

/// <summary>What a service manager does to a server.</summary>
public sealed class StopTests
{
    [Fact]
    [Trait("check", "R-14")]
    public async Task A_stop_lets_requests_finish_and_ends_with_zero()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        using var directory = new TemporaryDirectory();
        await using var server = await KOauthProcess.StartAsync(directory.Path, patience.Token);
        var address = new Uri(server.Issuer);
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => BeginAsync(address, patience.Token)));

        await server.Program.SignalAsync("TERM", patience.Token);
        while (await AcceptsAsync(address, patience.Token))
        {
            await Task.Delay(Patience.Glance, patience.Token); // the signal arrives when it arrives
        }

        foreach (var client in clients)
        {
            await client.GetStream().WriteAsync(Ascii("grant_type=no"), patience.Token);
            Assert.StartsWith("HTTP/1.1 400", await ReadAsync(client.GetStream(), patience.Token), StringComparison.Ordinal);
            client.Dispose();
        }

        Assert.Equal(0, await server.Program.ExitCodeAsync(patience.Token));
    }

    /// <summary>The server says "100 Continue" when it reads the form: from then on the request is under way.</summary>
    private static async Task<TcpClient> BeginAsync(Uri address, CancellationToken ct)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, ct);
        await client.GetStream().WriteAsync(Ascii(
            $"POST /oauth/token HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n"),
            ct);
        Assert.Contains("100 Continue", await ReadAsync(client.GetStream(), ct), StringComparison.Ordinal);
        return client;
    }

    [Fact]
    [Trait("check", "R-14")]
    public async Task Behind_a_balancer_that_asks_for_readiness_no_request_fails_when_a_server_stops()
    {
        using var patience = Patience.Begin(TestContext.Current.CancellationToken);
        using var directory = new TemporaryDirectory();
        await using var server = await KOauthProcess.StartAsync(directory.Path, patience.Token, new Dictionary<string, string> { ["KOAUTH_DRAIN_DELAY"] = "5s" });
        while (!server.Program.Output.Contains("KOauth is up.", StringComparison.Ordinal))
        {
            await Task.Delay(Patience.Glance, patience.Token); // it answers a moment before it has started whole
        }

        using var isOut = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(() => LoadAsync(server.Issuer, isOut.Token, patience.Token))).ToArray();
        var balancer = Task.Run(() => AskUntilNotReadyAsync(server.Issuer, patience.Token));

        await server.Program.SignalAsync("TERM", patience.Token);
        var last = await balancer;
        Assert.True(last == HttpStatusCode.ServiceUnavailable, $"{last}: {server.Program.Output}{server.Program.Error}");
        await isOut.CancelAsync();
        Assert.All(await Task.WhenAll(load), requests => Assert.NotEqual(0, requests));
        Assert.Equal(0, await server.Program.ExitCodeAsync(patience.Token));
    }

    /// <summary>As balancers do, on a connection of its own every time; it never meets a closed port.</summary>
    private static async Task<HttpStatusCode> AskUntilNotReadyAsync(string issuer, CancellationToken ct)
    {
        while (true)
        {
            using var balancer = new HttpClient();
            using var ready = await balancer.GetAsync($"{issuer}/health/ready", ct);
            if (ready.StatusCode != HttpStatusCode.OK)
            {
                return ready.StatusCode;
            }

            await Task.Delay(Patience.Glance, ct);
        }
    }

    /// <summary>Asks until the balancer has taken the server out; every answer must be one.</summary>
    private static async Task<int> LoadAsync(string issuer, CancellationToken isOut, CancellationToken ct)
    {
        using var http = new HttpClient();
        var requests = 0;
        while (!isOut.IsCancellationRequested || requests == 0)
        {
            using var answer = await http.GetAsync($"{issuer}/.well-known/openid-configuration", ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            requests++;
        }

        return requests;
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[8192];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, ct));
    }

    private static async Task<bool> AcceptsAsync(Uri address, CancellationToken ct)
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(address.Host, address.Port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
