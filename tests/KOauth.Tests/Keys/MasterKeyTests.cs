using System.Text;
using KOauth.Hosting;
using KOauth.Keys;

namespace KOauth.Tests.Keys;

public sealed class MasterKeyTests
{
    private static readonly byte[] _secret = Encoding.UTF8.GetBytes("a signing key in clear");

    [Fact]
    public void A_wrapped_key_unwraps_again_and_does_not_show()
    {
        var wrapped = Wrap();

        Assert.Equal(_secret, OpenRing.Master.Unwrap(WrappedKind.SigningKey, "ES256:one", wrapped));
        Assert.Equal(-1, wrapped.AsSpan().IndexOf(_secret.AsSpan(0, 6)));
        Assert.NotEqual(wrapped, Wrap());
    }

    [Fact, Trait("check", "A-83")]
    public void Rows_cannot_be_exchanged()
    {
        var wrapped = Wrap();

        Assert.Null(OpenRing.Master.Unwrap(WrappedKind.SigningKey, "ES256:two", wrapped));
        Assert.Null(OpenRing.Master.Unwrap(WrappedKind.SecretKey, "ES256:one", wrapped));
    }

    [Fact]
    public void A_damaged_row_does_not_unwrap()
    {
        var wrapped = Wrap();
        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = (byte[])wrapped.Clone();
            changed[i] ^= 1;
            Assert.Null(OpenRing.Master.Unwrap(WrappedKind.SigningKey, "ES256:one", changed));
            Assert.Null(OpenRing.Master.Unwrap(WrappedKind.SigningKey, "ES256:one", wrapped.AsSpan(0, i)));
        }
    }

    [Fact]
    public void Another_master_key_unwraps_nothing_and_has_another_fingerprint()
    {
        var other = new MasterKey(OpenRing.Chance.Bytes(MasterKeyText.Length), "in a test");

        Assert.Null(other.Unwrap(WrappedKind.SigningKey, "ES256:one", Wrap()));
        Assert.NotEqual(OpenRing.Master.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void The_fingerprint_follows_from_the_key_alone()
    {
        // What a database remembers for years: this value must never change.
        byte[] bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

        Assert.Equal(new MasterKey(bytes, "here").Fingerprint, new MasterKey(bytes, "there").Fingerprint);
        Assert.Equal("e0e3130f2e5eaa8f2c03576ca8a068db", Convert.ToHexStringLower(new MasterKey(bytes, "here").Fingerprint));
    }

    [Fact]
    public void What_was_wrapped_years_ago_still_unwraps()
    {
        var master = new MasterKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)], "here");

        Assert.Equal(_secret, master.Unwrap(WrappedKind.SigningKey, "ES256:one", Convert.FromHexString("01a00b3b4412e8d05ea98429ea43de0e11b4b7ed18f7aabe40f6ff97df91bdc6d639203d8ca6d715dc477afd32918bd5ffc5cfba978e3396fe2a2f291ffd30")));
    }

    private static byte[] Wrap() => OpenRing.Master.Wrap(WrappedKind.SigningKey, "ES256:one", _secret, OpenRing.Chance);
}
