using System.Linq.Expressions;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.People;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Data;

/// <summary>The tables whose rows have an end: each is emptied by the sweep when its time is over.</summary>
internal abstract partial class KOauthDb
{
    public DbSet<DeniedToken> DeniedTokens => Set<DeniedToken>();

    public DbSet<UsedId> UsedIds => Set<UsedId>();

    public DbSet<EndedGrant> EndedGrants => Set<EndedGrant>();

    public DbSet<DeviceCode> DeviceCodes => Set<DeviceCode>();

    public DbSet<SessionClient> SessionClients => Set<SessionClient>();

    public DbSet<LogoutNotice> LogoutNotices => Set<LogoutNotice>();

    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();

    public DbSet<RegistrationToken> RegistrationTokens => Set<RegistrationToken>();

    /// <summary>For servers that ask for ended grants: the latest used of those about to be ended. Saved with the rest of the write.</summary>
    public async Task TellEndedAsync(Expression<Func<Grant, bool>> which, DateTimeOffset now, CancellationToken ct)
    {
        const int Most = 1000;
        var ids = await Grants.Where(which).Where(g => g.EndedAt == null && !EndedGrants.Any(e => e.GrantId == g.Id))
            .OrderByDescending(g => g.LastUsedAt).Select(g => g.Id).Take(Most).ToListAsync(ct);
        EndedGrants.AddRange(ids.Select(id => new EndedGrant { GrantId = id, EndedAt = now }));
    }

    private static void ShortLived(ModelBuilder builder)
    {
        builder.Entity<DeniedToken>(denied =>
        {
            denied.ToTable("denied_tokens").HasKey(d => d.Jti);
            denied.Property(d => d.Jti).HasMaxLength(64);
            denied.HasIndex(d => d.ExpiresAt);
        });
        builder.Entity<UsedId>(used =>
        {
            used.ToTable("used_ids").HasKey(u => u.Hash);
            used.HasIndex(u => u.ExpiresAt);
        });
        builder.Entity<EndedGrant>(ended =>
        {
            ended.ToTable("ended_grants").HasKey(e => e.GrantId);
            ended.HasIndex(e => e.EndedAt);
        });
        builder.Entity<DeviceCode>(device =>
        {
            device.ToTable("device_codes").HasKey(d => d.Hash);
            device.HasIndex(d => d.UserCodeHash).IsUnique();
            device.HasIndex(d => d.ExpiresAt);
            device.Property(d => d.Story).HasMaxLength(16);
            device.Property(d => d.Address).HasMaxLength(64);
        });
        builder.Entity<RegistrationToken>(token =>
        {
            token.ToTable("registration_tokens").HasKey(t => t.Hash);
            token.Property(t => t.LastFour).HasMaxLength(4);
        });
        builder.Entity<SessionClient>(client =>
        {
            client.ToTable("session_clients").HasKey(c => new { c.Sid, c.ClientKey });
            client.HasIndex(c => c.UserId);
            client.HasIndex(c => c.ExpiresAt);
        });
        builder.Entity<LogoutNotice>(notice =>
        {
            notice.ToTable("logout_notices").HasKey(n => n.Id);
            notice.HasIndex(n => n.NextAttemptAt);
        });
        builder.Entity<AccountLink>(link =>
        {
            link.ToTable("account_links").HasKey(l => l.Hash);
            link.HasIndex(l => l.UserId);
            link.HasIndex(l => l.Email);
            link.HasIndex(l => l.ExpiresAt);
            link.Property(l => l.Email).HasMaxLength(256);
        });
    }
}
