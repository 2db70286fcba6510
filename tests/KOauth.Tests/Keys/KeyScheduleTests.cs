using KOauth.Keys;

namespace KOauth.Tests.Keys;

public sealed class KeyScheduleTests
{
    private static readonly DateTimeOffset _now = OpenRing.Made.AddDays(50);
    private static readonly TimeSpan _lead = TimeSpan.FromMinutes(15);

    [Fact]
    public void A_new_key_waits_and_the_present_one_signs_until_then()
    {
        var present = Key(-50);
        var next = new KeySchedule([present], "ES256", _now).Rotate(_lead, () => Key(0));

        Assert.Equal((_now + _lead, _now + _lead), (next.ActiveFrom, present.RetiredAt));
        var schedule = new KeySchedule([present, next], "ES256", _now);
        Assert.Equal((present, next), (schedule.Signer, schedule.Next));
        schedule = new KeySchedule([present, next], "ES256", _now + _lead);
        Assert.Equal((next, null), (schedule.Signer, schedule.Next));
    }

    [Fact]
    public void A_second_rotation_makes_no_third_key_but_brings_the_waiting_one_forward()
    {
        var (present, waiting) = (Key(-50), Key(0));
        (waiting.ActiveFrom, present.RetiredAt) = (_now.AddDays(1), _now.AddDays(1));

        var later = _now.AddMinutes(5);
        var next = new KeySchedule([present, waiting], "ES256", later).Rotate(_lead, () => throw new InvalidOperationException());

        Assert.Same(waiting, next);
        Assert.Equal((_now + _lead, _now + _lead), (waiting.ActiveFrom, present.RetiredAt));
    }

    [Fact]
    public void A_waiting_key_that_was_published_long_enough_may_sign_at_once_and_is_not_retired_with_the_others()
    {
        var (present, waiting) = (Key(-50), Key(-1));
        (waiting.ActiveFrom, present.RetiredAt) = (_now.AddDays(1), _now.AddDays(1));

        new KeySchedule([present, waiting], "ES256", _now).Rotate(_lead, () => throw new InvalidOperationException());

        Assert.Equal((_now, _now, null), (waiting.ActiveFrom, present.RetiredAt, waiting.RetiredAt));
        Assert.Same(waiting, new KeySchedule([present, waiting], "ES256", _now).Signer);
    }

    [Fact]
    public void Rotating_never_puts_a_signature_off()
    {
        var (present, waiting) = (Key(-50), Key(0));
        (waiting.ActiveFrom, present.RetiredAt) = (_now + _lead, _now + _lead);

        new KeySchedule([present, waiting], "ES256", _now).Rotate(TimeSpan.FromDays(9), () => throw new InvalidOperationException());

        Assert.Equal(_now + _lead, waiting.ActiveFrom);
    }

    [Fact, Trait("check", "R-11")]
    public void Revoking_the_signer_puts_a_fresh_key_or_the_waiting_one_in_its_place_at_once()
    {
        var (present, fresh) = (Key(-50), Key(0));
        Assert.Same(fresh, new KeySchedule([present], "ES256", _now).Revoke(present, () => fresh));
        Assert.Equal((_now, _now), (present.RevokedAt, fresh.ActiveFrom));
        Assert.Same(fresh, new KeySchedule([present, fresh], "ES256", _now).Signer);

        var (signer, waiting) = (Key(-50), Key(-1));
        (waiting.ActiveFrom, signer.RetiredAt) = (_now.AddDays(1), _now.AddDays(1));
        Assert.Same(waiting, new KeySchedule([signer, waiting], "ES256", _now).Revoke(signer, () => throw new InvalidOperationException()));
        Assert.Same(waiting, new KeySchedule([signer, waiting], "ES256", _now).Signer);
    }

    [Fact]
    public void Revoking_the_waiting_key_keeps_the_signer_beyond_its_end()
    {
        var (present, waiting) = (Key(-50), Key(0));
        (waiting.ActiveFrom, present.RetiredAt) = (_now.AddDays(1), _now.AddDays(1));

        Assert.Null(new KeySchedule([present, waiting], "ES256", _now).Revoke(waiting, () => throw new InvalidOperationException()));

        Assert.Same(present, new KeySchedule([present, waiting], "ES256", _now.AddDays(2)).Signer);
    }

    [Fact]
    public void Keys_of_the_other_algorithm_are_left_alone()
    {
        var (ec, rsa) = (Key(-50), Key(-50));
        rsa.Algorithm = "RS256";

        new KeySchedule([ec, rsa], "ES256", _now).Rotate(_lead, () => Key(0));

        Assert.Null(rsa.RetiredAt);
    }

    [Fact]
    public void The_id_of_a_key_is_never_taken_for_an_option() =>
        Assert.DoesNotContain(Enumerable.Range(0, 500).Select(_ => Key(0).Kid), kid => kid.StartsWith('-'));

    private static SigningKey Key(int days) => OpenRing.MakeSigningKey("ES256", _now.AddDays(days));
}
