using KOauth.Bench.Http;

namespace KOauth.Bench.Load;

/// <summary>A whole connection of a signed-in person: the authorization request, then its code for tokens; a new grant each time.</summary>
internal sealed class ConnectExchange(byte[] authorize, FormPost post, bool withIdToken) : IExchange
{
    private readonly byte[] _request = new byte[4096];

    public void Run(Wire wire)
    {
        var redirect = wire.Send(authorize);
        var code = redirect.InHead("code="u8, (byte)'&', (byte)'\r');
        if (redirect.Status != 303 || code.IsEmpty)
        {
            throw new BenchFailedException($"Expected 303 with a code, got {redirect.Describe()}");
        }

        var tokens = wire.Send(_request.AsSpan(0, post.Write(_request, code)));
        if (tokens.Status != 200
            || tokens.InBody("\"refresh_token\":\""u8).IsEmpty
            || tokens.InBody("\"id_token\":\""u8).IsEmpty == withIdToken)
        {
            throw new BenchFailedException($"Expected 200 with tokens, got {tokens.Describe()}");
        }
    }
}
