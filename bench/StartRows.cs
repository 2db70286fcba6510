namespace KOauth.Bench;

/// <summary>From the start of the process to the first 200 of the metadata: in an empty directory, and again in the same one.</summary>
internal static class StartRows
{
    public static async Task MeasureAsync(string which, string program, double target, BenchOptions options, Report report)
    {
        var (first, again) = (new List<double>(), new List<double>());
        for (var i = 0; i < options.Runs; i++)
        {
            var directory = Repository.NewDirectory();
            first.Add(await StartAsync(program, directory, options));
            again.Add(await StartAsync(program, directory, options));
            Directory.Delete(directory, recursive: true);
        }

        report.Add($"start {which}, to the first 200", Median(again), "s", target);
        report.Add($"start {which}, the very first (database and keys are made)", Median(first), "s", null);
    }

    private static async Task<double> StartAsync(string program, string directory, BenchOptions options)
    {
        await using var server = await World.StartServerAsync(program, directory, options);
        return server.StartTime.TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
