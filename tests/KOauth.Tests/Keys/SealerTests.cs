using System.Text;
using KOauth.Keys;
using NSec.Cryptography;

namespace KOauth.Tests.Keys;

public sealed class SealerTests
{
    private static readonly byte[] _content = Encoding.UTF8.GetBytes("grant, client, resource, hash of the redirect URI");

    private readonly Sealer _sealer = SealerOf("https://auth.example.com");

    [Fact]
    public void What_is_sealed_opens_again()
    {
        foreach (var content in new[] { [], [0], _content, OpenRing.Chance.Bytes(5000) })
        {
            Assert.True(_sealer.TryOpen(SealPurpose.Code, _sealer.Seal(SealPurpose.Code, content), out var opened));
            Assert.Equal(content, opened);
        }
    }

    [Fact, Trait("check", "AZ-35")]
    public void A_seal_adds_41_bytes_and_never_looks_alike_twice()
    {
        var seals = Enumerable.Range(0, 10_000).Select(_ => _sealer.Seal(SealPurpose.Code, _content)).ToHashSet();

        Assert.Equal(10_000, seals.Count);
        Assert.All(seals, seal => Assert.Equal(((_content.Length + 41) * 8 + 5) / 6, seal.Length));
        Assert.All(seals, seal => Assert.Matches("^[A-Za-z0-9_-]+$", seal));
    }

    [Fact]
    public void The_layout_is_the_one_that_seals_in_the_field_have()
    {
        var secret = OpenRing.Rows.Secret.Single(k => k.Purpose == SecretKeyPurpose.Seal).Unwrap(OpenRing.Master)!;
        using var key = Key.Import(AeadAlgorithm.XChaCha20Poly1305, secret, KeyBlobFormat.RawSymmetricKey);
        var box = Convert.FromBase64String(Padded(_sealer.Seal(SealPurpose.Ticket, _content)));

        Assert.Equal(1, box[0]);
        Assert.Equal(_content, AeadAlgorithm.XChaCha20Poly1305.Decrypt(
            key, box.AsSpan(1, 24), (byte[])[2, .. "https://auth.example.com"u8], box.AsSpan(25)));
    }

    [Fact]
    public void A_seal_changed_in_any_bit_stays_shut()
    {
        var box = Convert.FromBase64String(Padded(_sealer.Seal(SealPurpose.Code, _content)));
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            var changed = (byte[])box.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_sealer.TryOpen(SealPurpose.Code, Text(changed), out var content));
            Assert.Empty(content);
        }
    }

    [Fact]
    public void A_seal_cut_or_doubled_stays_shut()
    {
        var seal = _sealer.Seal(SealPurpose.Code, _content);
        Assert.All(Enumerable.Range(0, seal.Length), length => Assert.False(_sealer.TryOpen(SealPurpose.Code, seal[..length], out _)));
        Assert.All(Enumerable.Range(1, seal.Length), from => Assert.False(_sealer.TryOpen(SealPurpose.Code, seal[from..], out _)));
        Assert.False(_sealer.TryOpen(SealPurpose.Code, seal + seal, out _));
    }

    [Theory]
    [InlineData(" {0}")]
    [InlineData("{0}\n")]
    [InlineData("{0}=")]
    [InlineData("{0}.")]
    [InlineData("{0}A")]
    [InlineData("{0}€")]
    public void A_seal_has_one_spelling(string other)
    {
        for (var length = 0; length < 3; length++) // each remainder of base64
        {
            var seal = _sealer.Seal(SealPurpose.Code, _content.AsSpan(0, length));
            Assert.False(_sealer.TryOpen(SealPurpose.Code, string.Format(null, other, seal), out _));
        }
    }

    [Fact]
    public void Unused_bits_of_the_last_letter_must_be_zero()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var seal = _sealer.Seal(SealPurpose.Code, []); // 41 bytes, 55 letters, two bits unused
        var next = Alphabet[Alphabet.IndexOf(seal[^1], StringComparison.Ordinal) + 1];

        Assert.True(_sealer.TryOpen(SealPurpose.Code, seal, out _));
        Assert.False(_sealer.TryOpen(SealPurpose.Code, seal[..^1] + next, out _));
    }

    [Fact]
    public void A_seal_opens_only_for_its_purpose()
    {
        var ticket = _sealer.Seal(SealPurpose.Ticket, _content);

        Assert.False(_sealer.TryOpen(SealPurpose.Code, ticket, out _));
        Assert.False(_sealer.TryOpen(SealPurpose.BrowserKnown, ticket, out _));
        Assert.True(_sealer.TryOpen(SealPurpose.Ticket, ticket, out _));
    }

    [Fact]
    public void A_seal_opens_only_for_its_issuer() =>
        Assert.False(SealerOf("https://other.example.com").TryOpen(SealPurpose.Code, _sealer.Seal(SealPurpose.Code, _content), out _));

    [Fact]
    public void After_a_new_key_was_added_old_seals_still_open()
    {
        var old = _sealer.Seal(SealPurpose.Code, _content);
        var second = new NewKeys(OpenRing.Master, OpenRing.Chance, OpenRing.Made).Secret(SecretKeyPurpose.Seal, number: 2);
        var sealer = SealerOf("https://auth.example.com", OpenRing.Rows with { Secret = [.. OpenRing.Rows.Secret, second] });

        Assert.True(sealer.TryOpen(SealPurpose.Code, old, out _));
        var young = sealer.Seal(SealPurpose.Code, _content);
        Assert.True(sealer.TryOpen(SealPurpose.Code, young, out _));
        Assert.False(_sealer.TryOpen(SealPurpose.Code, young, out _));
    }

    private static Sealer SealerOf(string issuer, StoredKeys? rows = null) =>
        new(OpenRing.Of(rows), OpenRing.Settings(issuer), OpenRing.Chance);

    private static string Padded(string text) => text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4);

    private static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
