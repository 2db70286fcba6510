using KOauth.Bench.Load;
using KOauth.Bench.Processes;

namespace KOauth.Bench;

/// <summary>
/// Measures the rows that were asked for and prints a table. It judges no number: whoever reads it does. It fails only when
/// something answered otherwise than it must.
/// </summary>
internal static class BenchRun
{
    private const long LargestWal = 64 * 1024 * 1024;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var options = BenchOptions.Parse(args, Rows.Names);
            var report = new Report();
            var facts = Machine.Describe(options);
            Console.WriteLine(facts);
            await MeasureAsync(options, report);
            report.Print(Console.Out);
            if (options.Markdown && report.Failures.Count == 0)
            {
                report.WritePage(Repository.PerformancePage, facts);
            }

            return report.Failures.Count == 0 ? 0 : 1;
        }
        catch (BenchFailedException failed)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return 1;
        }
    }

    private static async Task MeasureAsync(BenchOptions options, Report report)
    {
        var built = Repository.Built();
        var needsPublished = options.Published || options.Wants(Rows.Start) || options.Wants(Rows.Memory);
        var published = needsPublished ? await Repository.PublishAsync() : null;

        if (Rows.Limits.Any(r => options.Wants(r.Name)))
        {
            await using var limits = await LimitWorld.StartAsync();
            foreach (var row in Rows.Limits.Where(r => options.Wants(r.Name)))
            {
                Load(row, limits, limits.Server, options, report);
            }
        }

        if (Rows.Loads.Any(r => options.Wants(r.Name)))
        {
            await using var world = await World.StartAsync(options.Published ? published! : built, options);
            foreach (var row in Rows.Loads.Where(r => options.Wants(r.Name)))
            {
                Load(row, world, world.Server, options, report);
            }

            CheckWal(world, report);
        }

        if (options.Wants(Rows.Start))
        {
            await StartRows.MeasureAsync("from a build", built, 3, options, report);
            await StartRows.MeasureAsync("published", published!, 1, options, report);
        }

        if (options.Wants(Rows.Memory))
        {
            await MemoryRows.MeasureAsync("from a build", built, options, report);
            await MemoryRows.MeasureAsync("published", published!, options, report);
        }
    }

    private static void Load<TWorld>(LoadRow<TWorld> row, TWorld world, ServerProcess server, BenchOptions options, Report report)
    {
        Console.Write($"{row.Name} ");
        try
        {
            using var load = new LoadRun(server, [.. Enumerable.Range(0, options.Connections).Select(_ => row.Exchange(world))]);
            load.For(TimeSpan.FromSeconds(options.WarmUp));
            var runs = new List<LoadResult>();
            for (var i = 0; i < options.Runs; i++)
            {
                runs.Add(load.For(TimeSpan.FromSeconds(options.Seconds)));
                Console.Write($" {runs[^1].Rate:N0}");
            }

            report.Add(row.What, row.Target, runs);
        }
        catch (BenchFailedException failed)
        {
            report.Failures.Add($"{row.Name}: {failed.Message}");
        }

        Console.WriteLine();
    }

    private static void CheckWal(World world, Report report)
    {
        var wal = world.LargestWal();
        report.Add("largest write-ahead log after the load", wal / 1024.0 / 1024.0, "MB", LargestWal / 1024 / 1024);
        if (wal > LargestWal)
        {
            report.Failures.Add($"The write-ahead log has {wal:N0} bytes: something holds a reader open.");
        }
    }
}
