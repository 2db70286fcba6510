using System.Globalization;
using KOauth.Bench;
using KOauth.Bench.Limits;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

if (args is [LimitServer.Verb, var port, var directory])
{
    await LimitServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), directory);
    return 0;
}

return await BenchRun.RunAsync(args);
