using System.Buffers.Text;
using System.Security.Cryptography;
using KOauth.Grants;
using KOauth.Keys;
using KOauth.Tests.Keys;

namespace KOauth.Tests.Grants;

public sealed class RefreshTokensTests
{
    private const string Issuer = "https://auth.example.com";

    private static readonly Guid _grant = OpenRing.Chance.Id();

    private readonly RefreshTokens _tokens = Tokens();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(int.MaxValue)]
    public void A_token_names_its_grant_and_generation(int generation)
    {
        Assert.True(_tokens.TryRead(_tokens.Make(_grant, generation), out var grant, out var read));
        Assert.Equal((_grant, generation), (grant, read));
    }

    [Fact]
    public void A_generation_has_one_token()
    {
        Assert.Equal(_tokens.Make(_grant, 7), _tokens.Make(_grant, 7)); // so the current leaf can be answered again
        Assert.NotEqual(_tokens.Make(_grant, 7), _tokens.Make(_grant, 8));
    }

    [Fact]
    public void The_layout_is_the_one_that_tokens_in_the_field_have()
    {
        var key = OpenRing.Rows.Secret.Single(k => k.Purpose == SecretKeyPurpose.RefreshToken).Unwrap(OpenRing.Master)!;
        byte[] head = [1, 1, .. _grant.ToByteArray(), 0, 0, 0x27, 0x10]; // version, key number, grant, generation 10,000
        byte[] epoch = [0, 0, 0, 0];
        byte[] issuer = [.. "https://auth.example.com"u8];

        var mac = HMACSHA256.HashData(key, (byte[])[.. head, .. epoch, .. issuer]);

        Assert.Equal("kor_" + Base64Url.EncodeToString((byte[])[.. head, .. mac[..16]]), _tokens.Make(_grant, 10_000));
    }

    [Fact, Trait("check", "RF-16")]
    public void Tokens_have_a_prefix_that_scanners_know_and_128_bits_nobody_can_guess()
    {
        var tokens = Enumerable.Range(0, 10_000).Select(i => _tokens.Make(i % 2 == 0 ? _grant : OpenRing.Chance.Id(), i)).ToList();

        Assert.All(tokens, token => Assert.Matches("^kor_[A-Za-z0-9_-]{51}$", token));
        var macs = tokens.Select(token => Base64Url.DecodeFromChars(token.AsSpan(4))[^16..]).ToList();
        Assert.Equal(10_000, macs.Select(Convert.ToHexString).Distinct().Count());

        // Each of the 128 bits falls both ways: half the time, give or take six standard deviations.
        for (var bit = 0; bit < 128; bit++)
        {
            var set = macs.Count(mac => (mac[bit / 8] >> (bit % 8) & 1) == 1);
            Assert.InRange(set, 4_700, 5_300);
        }
    }

    [Fact]
    public void A_token_changed_in_any_bit_is_not_read()
    {
        var bytes = Base64Url.DecodeFromChars(_tokens.Make(_grant, 3).AsSpan(4));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_tokens.TryRead("kor_" + Base64Url.EncodeToString(changed), out var grant, out var generation));
            Assert.Equal((Guid.Empty, 0), (grant, generation));
        }
    }

    [Fact]
    public void Only_the_one_spelling_is_read()
    {
        var token = _tokens.Make(_grant, 3);
        string[] others =
        [
            "", "kor_", token[4..], token.ToUpperInvariant(), " " + token, token + " ", token + "\n", token + "=", token + "A", token[..^1],
            token + token, "kor_" + token, "KOR_" + token[4..], "koa_" + token[4..], token.Insert(20, " "), token[..^1] + "€",
        ];

        Assert.All(others, other => Assert.False(_tokens.TryRead(other, out _, out _), other));
    }

    [Fact]
    public void A_token_of_another_issuer_store_or_epoch_is_not_read()
    {
        var token = _tokens.Make(_grant, 3);
        var otherStore = new NewKeys(OpenRing.Master, OpenRing.Chance, OpenRing.Made).Secret(SecretKeyPurpose.RefreshToken, number: 1);

        Assert.False(Tokens("https://auth.example.co").TryRead(token, out _, out _));
        Assert.False(Tokens(rows: OpenRing.Rows with { StoreEpoch = 1 }).TryRead(token, out _, out _));
        Assert.False(Tokens(rows: OpenRing.Rows with { Secret = [.. NotRefresh, otherStore] }).TryRead(token, out _, out _));
    }

    [Fact]
    public void After_a_new_key_was_added_old_tokens_are_still_read()
    {
        var old = _tokens.Make(_grant, 3);
        var second = new NewKeys(OpenRing.Master, OpenRing.Chance, OpenRing.Made).Secret(SecretKeyPurpose.RefreshToken, number: 2);
        var tokens = Tokens(rows: OpenRing.Rows with { Secret = [.. OpenRing.Rows.Secret, second] });

        Assert.True(tokens.TryRead(old, out _, out _));
        Assert.True(tokens.TryRead(tokens.Make(_grant, 3), out _, out _));
        Assert.NotEqual(old, tokens.Make(_grant, 3));
        Assert.False(_tokens.TryRead(tokens.Make(_grant, 3), out _, out _));
    }

    private static IEnumerable<SecretKey> NotRefresh => OpenRing.Rows.Secret.Where(k => k.Purpose != SecretKeyPurpose.RefreshToken);

    private static RefreshTokens Tokens(string issuer = Issuer, StoredKeys? rows = null) =>
        new(OpenRing.Of(rows), OpenRing.Settings(issuer));
}
