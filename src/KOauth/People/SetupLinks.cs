using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KOauth.People;

/// <summary>
/// The link that makes the first administrator: whoever can read the data directory is the owner. There is one at a time; opening
/// it consumes nothing, because previews and scanners open links; claiming it is one conditional update together with the new
/// account. There is no account and no password before.
/// </summary>
internal sealed class SetupLinks(
    IDbContextFactory<KOauthDb> databases, Accounts accounts, KOauthSettings settings, Randomness randomness, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private const int TokenBytes = 32;

    public string FilePath => Path.Combine(settings.DataDirectory, "setup-link");

    /// <summary>Whether nobody can administer this server yet.</summary>
    public async Task<bool> IsNeededAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return !await db.Users.AnyAsync(u => u.IsAdmin, ct);
    }

    /// <summary>Makes a new link, which ends the one before, and writes it to <see cref="FilePath"/>.</summary>
    public async Task<string> CreateAsync(string actor, CancellationToken ct)
    {
        var token = randomness.Text(TokenBytes);
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        await db.SetupLinks.ExecuteDeleteAsync(ct);
        db.SetupLinks.Add(new SetupLink { Hash = Hash(token), ExpiresAt = now + Life });
        db.AddAudit(actor, "setup_link.created", "server", null, now);
        await db.SaveChangesAsync(ct);
        await write.CommitAsync(ct);

        var link = $"{settings.Issuer}/account/setup?token={token}";
        WriteFile(link);
        return link;
    }

    public async Task<bool> IsValidAsync(string? token, CancellationToken ct)
    {
        if (!IsToken(token))
        {
            return false;
        }

        var hash = Hash(token!);
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.SetupLinks.AnyAsync(l => l.Hash == hash && l.ClaimedAt == null && l.ExpiresAt > now, ct);
    }

    /// <summary>Makes the administrator. Of any number of parallel claims one wins; a claim that is refused uses nothing up.</summary>
    public async Task<Outcome<User>> ClaimAsync(string? token, string email, string password, CancellationToken ct)
    {
        if (!await IsValidAsync(token, ct))
        {
            return Reasons.SetupLinkInvalid;
        }

        if (!(await accounts.PrepareAsync(email, password, isAdmin: true, ct)).Ok(out var user, out var refusal))
        {
            return refusal;
        }

        var hash = Hash(token!);
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var write = await db.BeginWriteAsync(ct);
        var claimed = await db.SetupLinks.Where(l => l.Hash == hash && l.ClaimedAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.ClaimedAt, now), ct);
        if (claimed != 1)
        {
            return Reasons.SetupLinkInvalid;
        }

        if (!await accounts.TryAddAsync(db, user, "setup-link", ct))
        {
            return new Refusal(Reasons.EmailTaken) { Received = user.Email };
        }

        await write.CommitAsync(ct);
        DeleteFile();
        return user;
    }

    private static bool IsToken(string? token) => token is { Length: (TokenBytes * 4 + 2) / 3 } && Base64Url.IsValid(token);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.ASCII.GetBytes(token));

    /// <summary>Deleted first: the mode of a new file is ours, that of an old one is not.</summary>
    private void WriteFile(string link)
    {
        DeleteFile();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(FilePath, options);
        file.WriteLine(link);
    }

    private void DeleteFile() => File.Delete(FilePath);
}
