using System.Diagnostics;
using KOauth.Bench.Http;
using KOauth.Bench.Processes;

namespace KOauth.Bench.Load;

/// <summary>Drives a server over connections that stay open, one thread and one request in flight each.</summary>
internal sealed class LoadRun(ServerProcess server, IReadOnlyList<IExchange> exchanges) : IDisposable
{
    private readonly Wire[] _wires = [.. exchanges.Select(_ => new Wire(server.Port))];

    public LoadResult For(TimeSpan time)
    {
        var latencies = exchanges.Select(_ => new List<long>(1024)).ToArray();
        var failures = new string?[exchanges.Count];
        var before = Cpu();
        var start = Stopwatch.GetTimestamp();
        var until = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var threads = exchanges.Select((exchange, i) => new Thread(() => failures[i] = Drive(exchange, _wires[i], latencies[i], until))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = Cpu();
        if (failures.FirstOrDefault(f => f is not null) is { } failure)
        {
            throw new BenchFailedException(failure);
        }

        var sorted = latencies.SelectMany(l => l).Order().ToArray();
        var (serverCpu, driverCpu) = (after.Server - before.Server, after.Driver - before.Driver);
        return new LoadResult(
            sorted.Length / seconds, Milliseconds(sorted, 0.50), Milliseconds(sorted, 0.95), Milliseconds(sorted, 0.99),
            serverCpu, driverCpu, Math.Max(0, after.Machine - before.Machine - serverCpu - driverCpu), seconds);
    }

    public void Dispose()
    {
        foreach (var wire in _wires)
        {
            wire.Dispose();
        }
    }

    /// <summary>Null, or what went wrong.</summary>
    private static string? Drive(IExchange exchange, Wire wire, List<long> latencies, long until)
    {
        try
        {
            for (var start = Stopwatch.GetTimestamp(); start < until;)
            {
                exchange.Run(wire);
                var end = Stopwatch.GetTimestamp();
                latencies.Add(end - start);
                start = end;
            }

            return null;
        }
        catch (Exception broken)
        {
            return broken.Message;
        }
    }

    private static double Milliseconds(long[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)] * 1000.0 / Stopwatch.Frequency;

    private (double Server, double Driver, double Machine) Cpu() =>
        (ProcFiles.Cpu(server.Id), ProcFiles.Cpu(Environment.ProcessId), ProcFiles.MachineCpu());
}
