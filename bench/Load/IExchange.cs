using KOauth.Bench.Http;

namespace KOauth.Bench.Load;

/// <summary>What one connection does again and again; each has its own.</summary>
internal interface IExchange
{
    /// <summary>Throws <see cref="BenchFailedException"/> when any answer is not the expected one.</summary>
    void Run(Wire wire);
}
