using System.Text;
using KOauth.Bench.Http;

namespace KOauth.Bench.Load;

/// <summary>
/// Follows the refresh tokens of one grant. Each must be a new one: the server answers a client that refreshes too often with the
/// token it has, which writes nothing and would measure nothing; the world is set up so that it does not.
/// </summary>
internal sealed class RefreshExchange(FormPost post, string refreshToken) : IExchange
{
    private readonly byte[] _request = new byte[2048];
    private byte[] _token = Encoding.ASCII.GetBytes(refreshToken);

    public void Run(Wire wire)
    {
        var length = post.Write(_request, _token);
        var answer = wire.Send(_request.AsSpan(0, length));
        var next = answer.InBody("\"refresh_token\":\""u8);
        if (answer.Status != 200 || next.IsEmpty || next.SequenceEqual(_token))
        {
            throw new BenchFailedException($"Expected 200 with the next refresh token, got {answer.Describe()}");
        }

        if (next.Length != _token.Length)
        {
            _token = new byte[next.Length];
        }

        next.CopyTo(_token);
    }
}
