using System.Text.Json;
using KOauth.Clients;
using KOauth.Grants;
using KOauth.Keys;
using KOauth.People;
using KOauth.Resources;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KOauth.Data;

/// <summary>
/// The one model of every table. It is the only place of this floor that knows the engine rooms' entities. Each database engine
/// has a context of its own (<see cref="Sqlite.SqliteDb"/>), so that each has its own migrations.
/// </summary>
internal abstract partial class KOauthDb(DbContextOptions options, WriteGate gate, ConfigWatch watch)
    : IdentityUserContext<User, Guid>(options), IDataProtectionKeyContext
{
    public DbSet<Client> Clients => Set<Client>();

    public DbSet<Resource> Resources => Set<Resource>();

    public DbSet<Grant> Grants => Set<Grant>();

    public DbSet<Link> Links => Set<Link>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<AnsweredFlow> AnsweredFlows => Set<AnsweredFlow>();

    public DbSet<Group> Groups => Set<Group>();

    public DbSet<GroupMember> GroupMembers => Set<GroupMember>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SetupLink> SetupLinks => Set<SetupLink>();

    public DbSet<SignInAttempts> SignInAttempts => Set<SignInAttempts>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<SecretKey> SecretKeys => Set<SecretKey>();

    public DbSet<StoreState> Store => Set<StoreState>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        // Text dates and text ids neither sort nor match the ledger's prepared statements.
        configuration.Properties<DateTimeOffset>().HaveConversion<InstantConverter>();
        configuration.Properties<Guid>().HaveConversion<GuidConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.Property(u => u.DisplayName).HasMaxLength(256);
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("user_passkeys");
        builder.Entity<DataProtectionKey>().ToTable("data_protection_keys");

        builder.Entity<Client>(client =>
        {
            client.ToTable("clients").HasKey(c => c.Key);
            client.HasIndex(c => c.ClientId).IsUnique();
            client.Property(c => c.ClientId).IsRequired().HasMaxLength(2048);
            client.Property(c => c.Name).HasMaxLength(256);
            client.Property(c => c.AuthMethod).HasMaxLength(32);
            client.Property(c => c.Preset).HasMaxLength(64);
            client.Property(c => c.Website).HasMaxLength(2048);
            client.Property(c => c.Logo).HasMaxLength(2048);
            Json(client.Property(c => c.Secrets));
            Json(client.Property(c => c.RedirectUris));
            Json(client.Property(c => c.GrantTypes));
            Json(client.Property(c => c.Scopes));
            Json(client.Property(c => c.Resources));
            client.Property(c => c.IdTokenAlgorithm).HasMaxLength(16);
            client.Property(c => c.BackChannelLogoutUri).HasMaxLength(2048);
            Json(client.Property(c => c.PostLogoutRedirectUris)).HasDefaultValueSql("'[]'");
            Json(client.Property(c => c.SpeaksFor));
            Json(client.Property(c => c.ExchangeTargets));
            client.Property(c => c.JwksUri).HasMaxLength(2048);
            client.Property(c => c.AssertionAlgorithm).HasMaxLength(16);
            client.Property(c => c.Fingerprint).HasMaxLength(32);
            client.HasIndex(c => c.Fingerprint);
            client.HasIndex(c => c.RegisteredFrom);
        });
        builder.Entity<Resource>(resource =>
        {
            resource.ToTable("resources").HasKey(r => r.Key);
            resource.HasIndex(r => r.Canonical).IsUnique();
            resource.Property(r => r.Uri).HasMaxLength(2048);
            resource.Property(r => r.Canonical).HasMaxLength(2048);
            resource.Property(r => r.Audience).HasMaxLength(2048);
            resource.Property(r => r.Name).HasMaxLength(256);
            resource.HasIndex(r => r.CredentialId).IsUnique();
            resource.Property(r => r.CredentialId).HasMaxLength(64);
            Json(resource.Property(r => r.Scopes));
            Json(resource.Property(r => r.Allow));
            Json(resource.Property(r => r.Secrets)).HasDefaultValueSql("'[]'");
        });
        builder.Entity<Grant>(grant =>
        {
            grant.ToTable("grants").HasKey(g => g.Id);
            grant.Property(g => g.Story).HasMaxLength(16);
            grant.Property(g => g.EndedBy).HasMaxLength(64);
            grant.HasIndex(g => new { g.UserId, g.ClientKey }); // whose connections; a refresh touches neither
        });
        builder.Entity<Link>().ToTable("links").HasKey(l => new { l.UserId, l.ClientKey });
        builder.Entity<Consent>(consent =>
        {
            consent.ToTable("consents").HasKey(c => new { c.UserId, c.ClientKey, c.ResourceKey });
            consent.Property(c => c.RedirectUri).HasMaxLength(2048);
        });
        builder.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys").HasKey(k => k.Id);
            key.HasIndex(k => k.Prefix).IsUnique();
            key.HasIndex(k => k.UserId);
            key.Property(k => k.Prefix).HasMaxLength(16);
            key.Property(k => k.Name).HasMaxLength(64);
        });
        ShortLived(builder);
        builder.Entity<AnsweredFlow>().ToTable("answered_flows").HasKey(f => f.GrantId);
        builder.Entity<Session>(session =>
        {
            session.ToTable("sessions").HasKey(s => s.Hash);
            session.HasIndex(s => s.UserId);
            session.Property(s => s.Address).HasMaxLength(64);
            session.Property(s => s.UserAgent).HasMaxLength(512);
        });
        builder.Entity<Group>(group =>
        {
            group.ToTable("groups").HasKey(g => g.Key);
            group.HasIndex(g => g.Name).IsUnique();
            group.Property(g => g.Name).HasMaxLength(64);
        });
        builder.Entity<GroupMember>(member =>
        {
            member.ToTable("group_members").HasKey(m => new { m.GroupKey, m.UserId });
            member.HasIndex(m => m.UserId);
        });
        builder.Entity<SetupLink>().ToTable("setup_links").HasKey(l => l.Hash);
        builder.Entity<SignInAttempts>().ToTable("sign_in_attempts").HasKey(a => a.Key);
        builder.Entity<SigningKey>().ToTable("signing_keys").HasKey(k => k.Kid);
        builder.Entity<SecretKey>().ToTable("secret_keys").HasKey(k => new { k.Purpose, k.Number });
        builder.Entity<StoreState>(store =>
        {
            store.ToTable("store").HasKey(s => s.Id);
            store.Property(s => s.Id).ValueGeneratedNever();
            store.HasData(new StoreState { HighWater = DateTimeOffset.UnixEpoch });
        });
        builder.Entity<AuditRow>(audit =>
        {
            audit.ToTable("audit").HasKey(a => a.Id);
            audit.Property(a => a.Actor).HasMaxLength(64);
            audit.Property(a => a.Action).HasMaxLength(64);
        });

        SnakeCase.Apply(builder);
    }

    private static PropertyBuilder<T> Json<T>(PropertyBuilder<T> property) => property.HasConversion(
        value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
        text => JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Default)!,
        new ValueComparer<T>(
            (a, b) => JsonSerializer.Serialize(a, JsonSerializerOptions.Default) == JsonSerializer.Serialize(b, JsonSerializerOptions.Default),
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal),
            value => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, JsonSerializerOptions.Default), JsonSerializerOptions.Default)!));

    /// <summary>Milliseconds since 1970.</summary>
    internal sealed class InstantConverter() : ValueConverter<DateTimeOffset, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        number => DateTimeOffset.FromUnixTimeMilliseconds(number));

    internal sealed class GuidConverter() : ValueConverter<Guid, byte[]>(
        id => id.ToByteArray(),
        bytes => new Guid(bytes));
}
