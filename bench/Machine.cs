using System.Runtime.InteropServices;
using KOauth.Bench.Processes;

namespace KOauth.Bench;

/// <summary>What the numbers depend on and the reader should know.</summary>
internal static class Machine
{
    public static string Describe(BenchOptions options)
    {
        var disk = new DriveInfo(Repository.Root).DriveFormat;
        return $"{Environment.ProcessorCount} cores ({ProcFiles.Processor()}), Linux {Environment.OSVersion.Version.ToString(2)}, {disk}, "
            + $"{RuntimeInformation.FrameworkDescription}; the {(options.Published ? "published" : "built")} server with log level {options.LogLevel}; "
            + $"{options.Connections} connections, {options.Runs} runs of {options.Seconds} s after {options.WarmUp} s to warm up; "
            + $"load average before the start {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.";
    }
}
