using KOauth.Bench.Http;

namespace KOauth.Bench.Load;

/// <summary>The same request, answered with 200 and a body.</summary>
internal sealed class FetchExchange(byte[] request) : IExchange
{
    public void Run(Wire wire)
    {
        var answer = wire.Send(request);
        if (answer.Status != 200 || answer.Body.IsEmpty)
        {
            throw new BenchFailedException($"Expected 200 with a body, got {answer.Describe()}");
        }
    }
}
