namespace KOauth.Bench.Load;

/// <summary>
/// One run of a row: exchanges a second, percentiles in milliseconds, and the processor seconds that the server, the driver and
/// everything else on the machine used.
/// </summary>
internal sealed record LoadResult(
    double Rate, double P50, double P95, double P99, double ServerCpu, double DriverCpu, double OthersCpu, double Seconds)
{
    public double MicrosecondsOfServer => ServerCpu * 1e6 / (Rate * Seconds);
}
