namespace KOauth.Tests.OAuth.Discovery;

/// <summary>Walks over the metadata: what it offers works, and what it does not offer is refused.</summary>
public sealed class AdvertisedTests(MetadataWalk walk, SparseWalk sparse) : IClassFixture<MetadataWalk>, IClassFixture<SparseWalk>
{
    public static TheoryData<string> Probed => [.. Probes.All.Keys];

    public static TheoryData<string> WellKnown => [.. NotOffered.All.Keys];

    [Fact]
    [Trait("check", "A-24")]
    [Trait("check", "MX-04")]
    public void There_is_a_probe_for_everything_advertised_and_for_nothing_else() =>
        Assert.Equal(walk.Advertised.Order(StringComparer.Ordinal), Probes.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Probed))]
    [Trait("check", "A-24")]
    [Trait("check", "MX-04")]
    public Task Everything_advertised_works(string advertised) => Probes.All[advertised](walk);

    [Theory]
    [MemberData(nameof(WellKnown))]
    [Trait("check", "A-24")]
    [Trait("check", "MX-04")]
    public async Task What_is_not_advertised_is_refused(string thing)
    {
        foreach (var server in new[] { walk, sparse })
        {
            if (!server.Offers(thing))
            {
                await NotOffered.All[thing](server);
            }
        }
    }
}
