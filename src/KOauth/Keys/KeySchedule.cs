namespace KOauth.Keys;

/// <summary>
/// Which key of one algorithm signs, which comes next, and what a rotation changes: decisions about rows, without a database. At
/// any time one key signs and at most one waits; the one that waits is published already, so that whoever caches the key set
/// knows it before it meets its first token.
/// </summary>
internal sealed class KeySchedule(IEnumerable<SigningKey> rows, string algorithm, DateTimeOffset now)
{
    private readonly List<SigningKey> _usable = [.. rows
        .Where(k => k.Algorithm == algorithm && k.RevokedAt is null && !(k.RetiredAt <= now))
        .OrderByDescending(k => k.ActiveFrom)];

    /// <summary>As <see cref="KeySet.SignerFor"/> chooses.</summary>
    public SigningKey? Signer => _usable.Find(k => k.ActiveFrom <= now) ?? _usable.LastOrDefault();

    /// <summary>The key that waits for its time, or null.</summary>
    public SigningKey? Next => _usable.Find(k => k != Signer && k.ActiveFrom > now && k.RetiredAt is null);

    /// <summary>
    /// Has the next key sign once it has been published for <paramref name="lead"/>. Without one that waits, <paramref name="fresh"/>
    /// is it, and is to be saved. The answer is the next key.
    /// </summary>
    public SigningKey Rotate(TimeSpan lead, Func<SigningKey> fresh)
    {
        if (Next is not { } next)
        {
            next = fresh();
            next.ActiveFrom = now + lead;
        }
        else if (Later(now, next.CreatedAt + lead) is var from && from < next.ActiveFrom)
        {
            next.ActiveFrom = from;
        }

        foreach (var key in _usable.Where(k => k != next && !(k.RetiredAt <= next.ActiveFrom)))
        {
            key.RetiredAt = next.ActiveFrom;
        }

        return next;
    }

    /// <summary>
    /// Takes a key out of use at once, and the algorithm never stays without one: the key that waits, or
    /// <paramref name="fresh"/>, signs from now on. The answer is that key, or null when the signer is who it was.
    /// </summary>
    public SigningKey? Revoke(SigningKey key, Func<SigningKey> fresh)
    {
        var (signer, next) = (Signer, Next);
        key.RevokedAt = now;
        if (key == next)
        {
            signer!.RetiredAt = null; // nobody follows it any more
        }

        if (key != signer)
        {
            return null;
        }

        next ??= fresh();
        next.ActiveFrom = now;
        return next;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
