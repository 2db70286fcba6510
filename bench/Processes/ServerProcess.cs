using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KOauth.Bench.Http;

namespace KOauth.Bench.Processes;

/// <summary>A server in its own process, up when its first 200 has come. What it prints goes through pipes, as under a supervisor.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task _output;
    private readonly Task<string> _error;

    private ServerProcess(Process process, int port)
    {
        _process = process;
        Port = port;
        _output = Task.Run(() => Drain(process.StandardOutput.BaseStream));
        _error = Task.Run(() => Drain(process.StandardError.BaseStream));
    }

    public int Port { get; }

    public string Host => $"localhost:{Port}";

    public int Id => _process.Id;

    /// <summary>From the start of the process to the first 200.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>A port nobody listens at.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task<ServerProcess> StartAsync(ProcessStartInfo start, int port, string probe)
    {
        var clock = Stopwatch.StartNew();
        var server = new ServerProcess(Process.Start(start)!, port);
        try
        {
            var request = Requests.Get(server.Host, probe);
            while (!Answers(port, request))
            {
                if (server._process.HasExited || clock.Elapsed > _patience)
                {
                    throw new BenchFailedException($"{Path.GetFileName(start.FileName)} did not start: {await server.EndAsync()}");
                }

                await Task.Delay(2);
            }

            server.StartTime = clock.Elapsed;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process.Dispose();
    }

    private static bool Answers(int port, byte[] request)
    {
        try
        {
            using var wire = new Wire(port);
            return wire.Send(request).Status == 200;
        }
        catch (SocketException)
        {
            return false; // it does not listen yet
        }
    }

    /// <summary>Kills it; its directory is thrown away, too. Gives the end of what it said on standard error.</summary>
    private async Task<string> EndAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        return await _error;
    }

    private static string Drain(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var last = "";
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            last = Encoding.UTF8.GetString(buffer, Math.Max(0, count - 1000), Math.Min(count, 1000));
        }

        return last;
    }
}
