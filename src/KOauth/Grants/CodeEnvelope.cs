using System.Buffers.Binary;
using System.Text;

namespace KOauth.Grants;

/// <summary>
/// What an authorization code holds: ids and hashes, sealed, at most 512 characters. Issuing one writes nothing; redeeming it
/// inserts the grant with the id it carries.
/// </summary>
internal sealed record CodeEnvelope
{
    public const int MaxCodeLength = 512;

    /// <summary>RFC 6749 §4.1.2 recommends ten minutes at most; a client redeems within a second.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    /// <summary>What still fits: the longest nonce of common libraries has about 130 characters.</summary>
    public const int MaxNonceBytes = 136;

    private const byte Version = 2;
    private const int FixedLength = 1 + 16 + 16 + 4 + 4 + 16 + 32 + 8 + 8 + (4 * 4) + 7 + 1;
    private const int BindingLength = 32;

    public required Guid GrantId { get; init; }

    public required Guid UserId { get; init; }

    public required int ClientKey { get; init; }

    public required int ResourceKey { get; init; }

    /// <summary>The first 16 bytes of the SHA-256 of the redirect URI.</summary>
    public required byte[] RedirectUriHash { get; init; }

    public required byte[] Challenge { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset AuthenticatedAt { get; init; }

    public required int UserEpoch { get; init; }

    public required int ClientEpoch { get; init; }

    public required int LinkEpoch { get; init; }

    public required int StoreEpoch { get; init; }

    public required string Story { get; init; }

    public required byte[] ScopeBits { get; init; }

    public string? Nonce { get; init; }

    /// <summary>The session it was approved in, for clients that hear of its end; 0 for others.</summary>
    public long Sid { get; init; }

    /// <summary>The SHA-256 thumbprint of the DPoP key that alone may redeem it (RFC 9449 §10), or null.</summary>
    public byte[]? Binding { get; init; }

    public byte[] ToBytes()
    {
        var nonce = Nonce is null ? [] : Encoding.UTF8.GetBytes(Nonce);
        var tail = Tail.None;
        tail |= Nonce is null ? 0 : Tail.Nonce; // an empty nonce is still a nonce
        tail |= Sid == 0 ? 0 : Tail.Sid;
        tail |= Binding is null ? 0 : Tail.Binding;
        var bytes = new byte[FixedLength + ScopeBits.Length + 1 + (Sid == 0 ? 0 : sizeof(long)) + (Binding?.Length ?? 0) + nonce.Length];
        var rest = bytes.AsSpan();
        rest[0] = Version;
        rest = rest[1..];
        GrantId.TryWriteBytes(rest);
        UserId.TryWriteBytes(rest[16..]);
        rest = rest[32..];
        BinaryPrimitives.WriteInt32BigEndian(rest, ClientKey);
        BinaryPrimitives.WriteInt32BigEndian(rest[4..], ResourceKey);
        rest = rest[8..];
        RedirectUriHash.CopyTo(rest);
        Challenge.CopyTo(rest[16..]);
        rest = rest[48..];
        BinaryPrimitives.WriteInt64BigEndian(rest, ExpiresAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], AuthenticatedAt.ToUnixTimeMilliseconds());
        rest = rest[16..];
        BinaryPrimitives.WriteInt32BigEndian(rest, UserEpoch);
        BinaryPrimitives.WriteInt32BigEndian(rest[4..], ClientEpoch);
        BinaryPrimitives.WriteInt32BigEndian(rest[8..], LinkEpoch);
        BinaryPrimitives.WriteInt32BigEndian(rest[12..], StoreEpoch);
        rest = rest[16..];
        Encoding.ASCII.GetBytes(Story, rest);
        rest[7] = (byte)ScopeBits.Length;
        ScopeBits.CopyTo(rest[8..]);
        rest = rest[(8 + ScopeBits.Length)..];
        rest[0] = (byte)tail;
        rest = rest[1..];
        if (Sid != 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(rest, Sid);
            rest = rest[sizeof(long)..];
        }

        if (Binding is not null)
        {
            Binding.CopyTo(rest);
            rest = rest[BindingLength..];
        }

        nonce.CopyTo(rest);
        return bytes;
    }

    /// <summary>Null for anything of another version; the seal has already shown that it is ours and whole.</summary>
    public static CodeEnvelope? FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= FixedLength || bytes[0] != Version)
        {
            return null;
        }

        var scopes = bytes[FixedLength - 1];
        var rest = bytes[FixedLength..];
        if (rest.Length < scopes + 1)
        {
            return null;
        }

        var tail = (Tail)rest[scopes];
        var scopeBits = rest[..scopes].ToArray();
        rest = rest[(scopes + 1)..];
        var needed = (tail.HasFlag(Tail.Sid) ? sizeof(long) : 0) + (tail.HasFlag(Tail.Binding) ? BindingLength : 0);
        if (rest.Length < needed)
        {
            return null;
        }

        var sid = tail.HasFlag(Tail.Sid) ? BinaryPrimitives.ReadInt64BigEndian(rest) : 0;
        return new CodeEnvelope
        {
            GrantId = new Guid(bytes[1..17]),
            UserId = new Guid(bytes[17..33]),
            ClientKey = BinaryPrimitives.ReadInt32BigEndian(bytes[33..]),
            ResourceKey = BinaryPrimitives.ReadInt32BigEndian(bytes[37..]),
            RedirectUriHash = bytes[41..57].ToArray(),
            Challenge = bytes[57..89].ToArray(),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[89..])),
            AuthenticatedAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[97..])),
            UserEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[105..]),
            ClientEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[109..]),
            LinkEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[113..]),
            StoreEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[117..]),
            Story = Encoding.ASCII.GetString(bytes[121..128]),
            ScopeBits = scopeBits,
            Sid = sid,
            Binding = tail.HasFlag(Tail.Binding) ? rest[(needed - BindingLength)..needed].ToArray() : null,
            Nonce = tail.HasFlag(Tail.Nonce) ? Encoding.UTF8.GetString(rest[needed..]) : null,
        };
    }

    /// <summary>What follows the scopes, in this order.</summary>
    [Flags]
    private enum Tail : byte
    {
        None = 0,
        Sid = 1,
        Binding = 2,
        Nonce = 4,
    }
}
