using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Hosting;
using KOauth.Keys;

namespace KOauth.Grants;

/// <summary>
/// A refresh token is <c>kor_</c> and base64url(version, MAC key number, grant id, generation, MAC). It has no row of its own:
/// the grant's row knows the live generation. The MAC, over the issuer and the store's epoch too, is checked before the
/// database is asked anything, so that guessing costs nothing, and tokens from before a restore are gone.
/// </summary>
internal sealed class RefreshTokens(KeyRing ring, KOauthSettings settings)
{
    /// <summary>Fixed, so that secret scanners recognise a token that leaked.</summary>
    public const string Prefix = "kor_";

    private const byte Version = 1;
    private const int IdOffset = 2;
    private const int GenerationOffset = IdOffset + 16;
    private const int MacOffset = GenerationOffset + 4;
    private const int MacLength = 16;
    private const int Length = MacOffset + MacLength;
    private const int EpochLength = 4;

    private readonly byte[] _issuer = Encoding.UTF8.GetBytes(settings.Issuer.Value);

    public string Make(Guid grantId, int generation)
    {
        var keys = ring.Keys;
        Span<byte> token = stackalloc byte[Length];
        token[0] = Version;
        token[1] = keys.RefreshTokens.CurrentNumber;
        grantId.TryWriteBytes(token[IdOffset..]);
        BinaryPrimitives.WriteInt32BigEndian(token[GenerationOffset..], generation);
        Mac(keys.RefreshTokens.Current, token[..MacOffset], keys.StoreEpoch, token[MacOffset..]);
        return Prefix + Base64Url.EncodeToString(token);
    }

    /// <summary>False for everything this store did not make, letter by letter, in its present epoch.</summary>
    public bool TryRead(string token, out Guid grantId, out int generation)
    {
        (grantId, generation) = (Guid.Empty, 0);
        var keys = ring.Keys;
        if (!token.StartsWith(Prefix, StringComparison.Ordinal)
            || !TokenText.TryDecode(token.AsSpan(Prefix.Length), out var bytes)
            || bytes.Length != Length
            || bytes[0] != Version
            || keys.RefreshTokens.Find(bytes[1]) is not { } key)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacLength];
        Mac(key, bytes.AsSpan(0, MacOffset), keys.StoreEpoch, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes.AsSpan(MacOffset)))
        {
            return false;
        }

        grantId = new Guid(bytes.AsSpan(IdOffset, 16));
        generation = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(GenerationOffset));
        return true;
    }

    // All parts before the issuer have a fixed length, so that no two inputs spell alike.
    private void Mac(byte[] key, ReadOnlySpan<byte> token, int epoch, Span<byte> mac)
    {
        var input = new byte[MacOffset + EpochLength + _issuer.Length];
        token.CopyTo(input);
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(MacOffset), epoch);
        _issuer.CopyTo(input, MacOffset + EpochLength);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, input, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
