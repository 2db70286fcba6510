using System.Globalization;

namespace KOauth.Bench.Processes;

/// <summary>What Linux tells about processes and the machine (proc(5)).</summary>
internal static class ProcFiles
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    /// <summary>Processor seconds a process has used.</summary>
    public static double Cpu(int process)
    {
        // The name in brackets may hold blanks; the fields are counted after it.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>Processor seconds in which the whole machine was not idle.</summary>
    public static double MachineCpu()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields[1..9].Where((_, i) => i is not (3 or 4)).Sum(Number) / TicksPerSecond; // without idle and iowait
    }

    /// <summary>Memory that stands for no file: what a process really takes from the machine. Compiled code is counted as shared, but nobody shares it.</summary>
    public static long AnonymousBytes(int process) => 1024 * (long)File.ReadLines($"/proc/{process}/status")
        .Where(l => l.StartsWith("RssAnon:", StringComparison.Ordinal) || l.StartsWith("RssShmem:", StringComparison.Ordinal))
        .Sum(l => Number(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));

    public static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown processor";

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
