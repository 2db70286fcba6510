using KOauth.Bench.Processes;

namespace KOauth.Bench;

/// <summary>What the server takes from the machine when nobody asks it anything.</summary>
internal static class MemoryRows
{
    private const int Target = 100;
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(10);

    public static async Task MeasureAsync(string which, string program, BenchOptions options, Report report)
    {
        var directory = Repository.NewDirectory();
        await using (var server = await World.StartServerAsync(program, directory, options))
        {
            await Task.Delay(_idle);
            report.Add($"idle anonymous memory, {which}", ProcFiles.AnonymousBytes(server.Id) / 1024.0 / 1024.0, "MB", Target);
        }

        Directory.Delete(directory, recursive: true);
    }
}
