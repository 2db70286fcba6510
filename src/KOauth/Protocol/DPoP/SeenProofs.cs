using System.Security.Cryptography;
using System.Text;

namespace KOauth.Protocol.DPoP;

/// <summary>
/// Proofs that were accepted, so that none is accepted twice (RFC 9449 §11.1), for as long as their time allows it. Memory is bounded:
/// of two generations, each as long as a proof can live, the older one is forgotten, and sooner when a flood fills the younger one.
/// </summary>
internal sealed class SeenProofs(TimeProvider clock, int capacity = SeenProofs.Capacity)
{
    public const int Capacity = 100_000;

    /// <summary>A proof from a fast clock is accepted for the window before its time and the window after it.</summary>
    private static readonly TimeSpan _generation = 2 * Proof.Window;

    private readonly Lock _gate = new();
    private HashSet<UInt128> _young = [];
    private HashSet<UInt128> _old = [];
    private DateTimeOffset _turnAt = clock.GetUtcNow() + _generation;

    /// <summary>False when it was there already.</summary>
    public bool TryAdd(Proof proof)
    {
        var hash = HashOf(proof);
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (now >= _turnAt || _young.Count >= capacity)
            {
                (_old, _young) = (now >= _turnAt + _generation ? [] : _young, []);
                _turnAt = now + _generation;
            }

            return !_old.Contains(hash) && _young.Add(hash);
        }
    }

    // The id is the client's own choice: another key may have chosen the same.
    private static UInt128 HashOf(Proof proof)
    {
        var hash = SHA256.HashData([.. proof.Key, .. Encoding.UTF8.GetBytes(proof.Id)]);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
