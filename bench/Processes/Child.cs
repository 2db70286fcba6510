using System.Diagnostics;

namespace KOauth.Bench.Processes;

/// <summary>Starts programs with an environment that holds nothing which could change what is measured.</summary>
internal static class Child
{
    private static readonly string[] _cleared = ["KOAUTH_", "ASPNETCORE_", "DOTNET_", "COMPlus_", "JWT_", "PORT", "DATABASE_URL", "BASE_URL"];

    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(IsCleared).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start, string input = "")
    {
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new BenchFailedException($"{Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)}: {await error}{await output}");
    }

    private static bool IsCleared(string name) =>
        !name.StartsWith("DOTNET_ROOT", StringComparison.Ordinal) && _cleared.Any(c => name.StartsWith(c, StringComparison.Ordinal));
}
