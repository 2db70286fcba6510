using System.Text.Json;
using KOauth.Grants;
using KOauth.Protocol;
using Microsoft.Data.Sqlite;

namespace KOauth.Data.Sqlite;

/// <summary>
/// What the ledger does inside its transaction. Each decision is one conditional statement whose affected rows are looked at;
/// the transaction is the only writer, so what is read afterwards, to name the reason, belongs to the same moment.
/// </summary>
internal sealed class LedgerStatements(SqliteConnection connection, StoreSettings settings) : IDisposable
{
    private const string StandsBehind = """
        exists (select 1 from users u where u.id = ?2 and u.epoch = ?13 and not u.is_disabled)
        and exists (select 1 from clients c where c.key = ?3 and c.epoch = ?14 and c.active)
        and coalesce((select l.epoch from links l where l.user_id = ?2 and l.client_key = ?3), 0) = ?15
        and exists (select 1 from store s where s.id = 1 and s.epoch = ?16)
        """;

    /// <summary>A replay this soon, from where the code was redeemed, is a web client that ran its callback twice.</summary>
    private static readonly TimeSpan _twice = TimeSpan.FromSeconds(10);

    private readonly GrantRows _grants = new(connection);

    private readonly SqliteStatement _insert = new(connection, $"""
        insert into grants (id, user_id, client_key, resource_key, scopes, created_at, expires_at, last_used_at, authenticated_at,
                            generation, recent, redeemed_by, user_epoch, client_epoch, link_epoch, store_epoch, binding, story)
        select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18
        where {StandsBehind}
        on conflict do nothing
        """);

    private readonly SqliteStatement _whyNot = new(connection, """
        select (select u.is_disabled from users u where u.id = ?1), (select c.active from clients c where c.key = ?2)
        """);

    private readonly SqliteStatement _rotate = new(connection, """
        update grants set generation = ?1, recent = ?2, last_used_at = ?3
        where id = ?4 and generation = ?5 and ended_at is null
          and exists (select 1 from users u where u.id = grants.user_id and u.epoch = grants.user_epoch and not u.is_disabled)
          and exists (select 1 from clients c where c.key = grants.client_key and c.epoch = grants.client_epoch and c.active)
          and coalesce((select l.epoch from links l where l.user_id = grants.user_id and l.client_key = grants.client_key), 0)
              = grants.link_epoch
          and exists (select 1 from store s where s.id = 1 and s.epoch = grants.store_epoch)
        """);

    private readonly SqliteStatement _end = new(connection, """
        update grants set ended_at = ?1, ended_by = ?2 where id = ?3 and ended_at is null
        """);

    private readonly SqliteStatement _tell = new(connection, """
        insert into ended_grants (grant_id, ended_at) values (?1, ?2) on conflict do nothing
        """);

    private readonly SqliteStatement _audit = new(connection, """
        insert into audit (at, actor, action, target, changes) values (?1, ?2, 'grant.ended', ?3, ?4)
        """);

    public Outcome<Grant> Redeem(Grant grant, DateTimeOffset now)
    {
        _insert.Bind(1, grant.Id);
        _insert.Bind(2, grant.UserId);
        _insert.Bind(3, grant.ClientKey);
        _insert.Bind(4, grant.ResourceKey);
        _insert.Bind(5, grant.Scopes);
        _insert.Bind(6, grant.CreatedAt.ToUnixTimeMilliseconds());
        _insert.Bind(7, grant.ExpiresAt.ToUnixTimeMilliseconds());
        _insert.Bind(8, grant.LastUsedAt.ToUnixTimeMilliseconds());
        _insert.Bind(9, grant.AuthenticatedAt.ToUnixTimeMilliseconds());
        _insert.Bind(10, grant.Generation);
        _insert.Bind(11, grant.Recent);
        _insert.Bind(12, grant.RedeemedBy);
        _insert.Bind(13, grant.UserEpoch);
        _insert.Bind(14, grant.ClientEpoch);
        _insert.Bind(15, grant.LinkEpoch);
        _insert.Bind(16, grant.StoreEpoch);
        if (grant.Binding is { } binding)
        {
            _insert.Bind(17, binding);
        }
        else
        {
            _insert.BindNull(17);
        }

        _insert.Bind(18, grant.Story);
        return _insert.Run() == 1 ? grant : WhyNotRedeemed(grant, now);
    }

    public Outcome<Rotated> Rotate(Guid id, int presented, long source, DateTimeOffset now)
    {
        if (_grants.Find(id) is not { } found)
        {
            return Reasons.RefreshUnknown;
        }

        var grant = found.Grant;
        if (Refuse(found, now) is { } refused)
        {
            return refused;
        }

        var recent = new RecentGenerations(grant.Recent);
        switch (Rotation.Judge(presented, grant.Generation, recent, source, settings.RefreshGrace, now))
        {
            case Rotation.Verdict.Next:
                Advance(grant, recent.With(presented, now, source), now);
                return new Rotated(grant, grant.Generation, Again: false);

            case Rotation.Verdict.CurrentAsBefore:
                return new Rotated(grant, grant.Generation, Again: false);

            case Rotation.Verdict.CurrentAgain:
                return new Rotated(grant, grant.Generation, Again: true);

            case Rotation.Verdict.OtherSource:
                return Reasons.RefreshOtherSource;

            case Rotation.Verdict.FromTheFuture:
                return Reasons.RefreshFromTheFuture;

            default:
                End(id, Reasons.RefreshReused.Id, "server", now);
                return Reasons.RefreshReused;
        }
    }

    /// <summary>False when it had ended or never was.</summary>
    public bool End(Guid id, string reason, string actor, DateTimeOffset now)
    {
        _end.Bind(1, now.ToUnixTimeMilliseconds());
        _end.Bind(2, reason);
        _end.Bind(3, id);
        if (_end.Run() == 0)
        {
            return false;
        }

        _tell.Bind(1, id);
        _tell.Bind(2, now.ToUnixTimeMilliseconds());
        _tell.Run();
        _audit.Bind(1, now.ToUnixTimeMilliseconds());
        _audit.Bind(2, actor);
        _audit.Bind(3, $"grant:{id:N}");
        _audit.Bind(4, JsonSerializer.Serialize(new { reason }));
        _audit.Run();
        return true;
    }

    public void Dispose()
    {
        _grants.Dispose();
        _insert.Dispose();
        _whyNot.Dispose();
        _rotate.Dispose();
        _end.Dispose();
        _tell.Dispose();
        _audit.Dispose();
    }

    private Outcome<Grant> WhyNotRedeemed(Grant grant, DateTimeOffset now)
    {
        if (_grants.Find(grant.Id) is { Grant: var first })
        {
            var isTwice = first.RedeemedBy == grant.RedeemedBy && now - first.CreatedAt <= _twice;
            if (isTwice)
            {
                return new Refusal(Reasons.CodeUsed) { Detail = "It came again at once from where it was redeemed; the connection goes on." };
            }

            End(grant.Id, Reasons.CodeUsed.Id, "server", now);
            return new Refusal(Reasons.CodeUsed) { Detail = "The connection was ended, because the code may have been stolen." };
        }

        _whyNot.Bind(1, grant.UserId);
        _whyNot.Bind(2, grant.ClientKey);
        _whyNot.Step();
        var isUserDisabled = !_whyNot.IsNull(0) && _whyNot.Int(0) != 0;
        var isClientInactive = !_whyNot.IsNull(1) && _whyNot.Int(1) == 0;
        _whyNot.Reset();
        if (isClientInactive)
        {
            return Reasons.ClientInactive;
        }

        return isUserDisabled ? new Refusal(Reasons.GrantEnded) { Detail = "The account is disabled." } : Reasons.GrantEnded;
    }

    private Reason? Refuse(GrantRecord found, DateTimeOffset now)
    {
        if (!found.IsAlive)
        {
            return Reasons.RefreshGrantEnded;
        }

        if (!found.IsClientActive)
        {
            return Reasons.ClientInactive;
        }

        if (now >= found.Grant.ExpiresAt)
        {
            return Reasons.RefreshExpired;
        }

        return now - found.Grant.LastUsedAt > settings.RefreshIdle ? Reasons.RefreshIdle : null;
    }

    private void Advance(Grant grant, byte[] recent, DateTimeOffset now)
    {
        _rotate.Bind(1, grant.Generation + 1);
        _rotate.Bind(2, recent);
        _rotate.Bind(3, now.ToUnixTimeMilliseconds());
        _rotate.Bind(4, grant.Id);
        _rotate.Bind(5, grant.Generation);
        if (_rotate.Run() != 1)
        {
            throw new InvalidOperationException("A grant changed under the only writer."); // the batch rolls back
        }

        grant.Generation++;
        grant.Recent = recent;
        grant.LastUsedAt = now;
    }
}
