using System.Text;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.AspNetCore.Identity;

namespace KOauth.Tests.People;

public sealed class PasswordTests : IAsyncLifetime
{
    private readonly PeopleRoom _room = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public void A_password_is_kept_as_an_Argon2id_hash_with_a_salt_of_its_own()
    {
        var first = _room.Hasher.Hash(PeopleRoom.Password);
        var second = _room.Hasher.Hash(PeopleRoom.Password);

        Assert.Matches(@"^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$", first);
        Assert.NotEqual(first, second);
        Assert.Equal(PasswordVerificationResult.Success, _room.Hasher.Verify(first, PeopleRoom.Password));
        Assert.Equal(PasswordVerificationResult.Failed, _room.Hasher.Verify(first, PeopleRoom.Password + "r"));
    }

    [Fact]
    public void A_hash_agrees_with_the_reference_implementation()
    {
        // echo -n 'quiet maple harbour lantern' | argon2 0123456789abcdef -id -t 2 -k 19456 -p 1 -l 32 -e
        const string Hash = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0BBYwuTFhw/EvzLo2enLrZ8oIprrXvOD21+A2x60CCI";

        Assert.Equal(PasswordVerificationResult.SuccessRehashNeeded, _room.Hasher.Verify(Hash, PeopleRoom.Password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA")]
    [InlineData("$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=-8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_hash_of_ours_fits_no_password(string stored) =>
        Assert.Equal(PasswordVerificationResult.Failed, _room.Hasher.Verify(stored, PeopleRoom.Password));

    [Fact, Trait("check", "LS-13")]
    public async Task A_password_typed_on_another_keyboard_is_the_same_password()
    {
        var composed = "süße Äpfel im Café".Normalize(NormalizationForm.FormC);
        var decomposed = composed.Normalize(NormalizationForm.FormD);
        Assert.NotEqual(composed, decomposed);
        await _room.AddUserAsync("composed@example.test", composed);
        await _room.AddUserAsync("decomposed@example.test", decomposed);

        Assert.Null(await _room.TryAsync("composed@example.test", decomposed));
        Assert.Null(await _room.TryAsync("decomposed@example.test", composed));
    }

    [Theory]
    [InlineData("fourteen chars", "password_too_short")]
    [InlineData("👩‍🚀👩‍🚀👩‍🚀👩‍🚀", "password_too_short")]
    [InlineData("1234567890123456", "password_common")]
    [InlineData("Correct Horse Battery Staple", "password_common")]
    [InlineData("correcthorsebatterystaple", "password_common")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", "password_common")]
    [InlineData("abcabcabcabcabcabc", "password_common")]
    [InlineData("ada.lovelace@example.test", "password_common")]
    [InlineData("Lovelace-Lovelace!", "password_common")]
    [InlineData("KOauth-Password-1", "password_common")]
    [InlineData("quiet maple harbour lantern", null)]
    [InlineData("xkcd-936 lovelace with more", null)]
    [InlineData("                zzz", null)]
    public void A_password_is_long_and_not_one_that_everybody_tries(string password, string? reason) =>
        Assert.Equal(reason, PasswordPolicy.Fault(password, "ada.lovelace@example.test")?.Id);

    [Fact]
    public void A_password_has_at_most_256_characters()
    {
        var longest = string.Concat(Enumerable.Range(0, 64).Select(i => $"{i:x3}."));

        Assert.Null(PasswordPolicy.Fault(longest, PeopleRoom.Email));
        Assert.Equal(Reasons.PasswordTooLong, PasswordPolicy.Fault(longest + "x", PeopleRoom.Email));
    }

    [Fact]
    public async Task Identity_asks_the_same_rules()
    {
        var policy = new PasswordPolicy();
        var short1 = await policy.ValidateAsync(null!, new User { Email = PeopleRoom.Email }, "fourteen chars");
        var good = await policy.ValidateAsync(null!, new User { Email = PeopleRoom.Email }, PeopleRoom.Password);

        Assert.Equal("password_too_short", Assert.Single(short1.Errors).Code);
        Assert.True(good.Succeeded);
    }

    [Fact]
    public async Task A_hash_of_another_cost_is_made_anew_at_the_next_sign_in()
    {
        var user = await _room.AddUserAsync();
        await using (var db = _room.Open())
        {
            (await db.Users.FindAsync([user.Id], PeopleRoom.Ct))!.PasswordHash =
                new Argon2idHasher(new Randomness(), new PasswordCost(16, 1), _room.Get<System.Diagnostics.Metrics.IMeterFactory>()).Hash(PeopleRoom.Password);
            await db.SaveChangesAsync(PeopleRoom.Ct);
        }

        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));

        await using var after = _room.Open();
        Assert.StartsWith("$argon2id$v=19$m=8,t=1,", (await after.Users.FindAsync([user.Id], PeopleRoom.Ct))!.PasswordHash!, StringComparison.Ordinal);
        Assert.Null(await _room.TryAsync(PeopleRoom.Email, PeopleRoom.Password));
    }
}
