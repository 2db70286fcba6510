using System.Net;
using System.Net.Sockets;

namespace KOauth.Bench.Http;

/// <summary>
/// One kept connection that has one request in flight. It blocks: a thread that waits in the kernel costs the machine less than
/// an asynchronous socket, and what the driver uses the server lacks.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[64 * 1024];

    public Wire(int port)
    {
        _socket.ReceiveTimeout = 30_000;
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>The answer's bytes are good until the next request.</summary>
    public Answer Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }

        var filled = 0;
        while (true)
        {
            var count = _socket.Receive(_received.AsSpan(filled));
            if (count == 0)
            {
                throw new BenchFailedException("The server closed the connection.");
            }

            filled += count;
            if (Answer.TryRead(_received, filled, out var answer))
            {
                return answer;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
