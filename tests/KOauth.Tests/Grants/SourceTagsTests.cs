using System.Net;
using KOauth.Grants;
using KOauth.Keys;
using KOauth.Tests.Keys;

namespace KOauth.Tests.Grants;

public sealed class SourceTagsTests
{
    private readonly SourceTags _tags = new(OpenRing.Of());

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.250")]
    [InlineData("192.0.2.7", "::ffff:192.0.2.9")]
    [InlineData("2001:db8:1:2200::1", "2001:db8:1:22ff:ffff::9")]
    [InlineData("fe80::1%3", "fe80::2%4")]
    public void Addresses_of_one_network_have_one_tag(string one, string other) => Assert.Equal(Of(one), Of(other));

    [Theory]
    [InlineData("192.0.2.7", "192.0.3.7")]
    [InlineData("192.0.2.7", "193.0.2.7")]
    [InlineData("2001:db8:1:2200::1", "2001:db8:1:2300::1")]
    [InlineData("::ffff:192.0.2.7", "::192.0.2.7")]
    [InlineData("0.0.0.0", "::")]
    public void Addresses_of_two_networks_have_two_tags(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Fact]
    public void An_unknown_address_has_a_tag_of_its_own()
    {
        Assert.Equal(_tags.Of(null), _tags.Of(null));
        Assert.DoesNotContain(_tags.Of(null), new[] { Of("0.0.0.0"), Of("::"), Of("127.0.0.1"), 0 });
    }

    [Fact]
    public void Tags_of_another_store_say_nothing()
    {
        var key = new NewKeys(OpenRing.Master, OpenRing.Chance, OpenRing.Made).Secret(SecretKeyPurpose.Tag, number: 2);
        var other = new SourceTags(OpenRing.Of(OpenRing.Rows with { Secret = [.. OpenRing.Rows.Secret, key] }));

        Assert.NotEqual(Of("192.0.2.7"), other.Of(IPAddress.Parse("192.0.2.7")));
    }

    private long Of(string address) => _tags.Of(IPAddress.Parse(address));
}
