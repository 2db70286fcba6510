using System.Globalization;
using KOauth.Bench.Load;

namespace KOauth.Bench;

/// <summary>Collects what was measured; says for each target whether it was met.</summary>
internal sealed class Report
{
    private readonly Table _loads = new(
        "", "a second", "target", "slowest–fastest run", "p50 ms", "p95 ms", "p99 ms", "server CPU s", "µs each", "driver CPU s", "others' CPU s");

    private readonly Table _facts = new("", "measured", "target");

    /// <summary>What ended a row; then its numbers mean nothing and are not shown.</summary>
    public List<string> Failures { get; } = [];

    public void Add(string what, int? target, IReadOnlyList<LoadResult> runs)
    {
        var byRate = runs.OrderBy(r => r.Rate).ToList();
        var median = byRate[byRate.Count / 2];
        _loads.Add(
            what, Number(median.Rate), Target(target is { } t ? $"≥ {Number(t)}" : "", median.Rate >= (target ?? 0)),
            $"{Number(byRate[0].Rate)}–{Number(byRate[^1].Rate)}",
            Fine(median.P50), Fine(median.P95), Fine(median.P99), Fine(median.ServerCpu), Number(median.MicrosecondsOfServer),
            Fine(median.DriverCpu), Fine(median.OthersCpu));
    }

    /// <summary>One number that must not be larger than its target.</summary>
    public void Add(string what, double measured, string unit, double? atMost) => _facts.Add(
        what, $"{Fine(measured)} {unit}", Target(atMost is { } most ? $"≤ {Number(most)} {unit}" : "", measured <= (atMost ?? double.MaxValue)));

    public void Print(TextWriter output)
    {
        foreach (var table in new[] { _loads, _facts }.Where(t => !t.IsEmpty))
        {
            output.WriteLine();
            output.Write(table.Aligned());
        }

        foreach (var failure in Failures)
        {
            output.WriteLine($"FAILED {failure}");
        }
    }

    /// <summary>Replaces what stands between the marks of docs/performance.md.</summary>
    public void WritePage(string file, string facts)
    {
        const string Begin = "<!-- written by bench --markdown -->";
        const string End = "<!-- end -->";
        var page = File.ReadAllText(file);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new BenchFailedException($"The marks {Begin} and {End} are missing in {file}.");
        }

        var tables = string.Join("\n", new[] { _loads, _facts }.Where(t => !t.IsEmpty).Select(t => t.Markdown()));
        File.WriteAllText(file, $"{page[..(from + Begin.Length)]}\n\n{facts}\n\n{tables}\n{page[to..]}");
    }

    private static string Target(string target, bool isMet) => target.Length == 0 || isMet ? target : $"{target} (missed)";

    private static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fine(double number) => number.ToString("N2", CultureInfo.InvariantCulture);
}
