using KOauth.Data;
using KOauth.Hosting;
using KOauth.Keys;
using KOauth.People;
using KOauth.Protocol;
using KOauth.Tests.Data;
using KOauth.Tests.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace KOauth.Tests.People;

/// <summary>People on a database of their own, without a web server; the hash is a cheap one.</summary>
public sealed class PeopleRoom : IAsyncDisposable
{
    public const string Email = "ada@example.test";
    public const string Password = "quiet maple harbour lantern";

    private readonly TestDatabase _database;

    internal PeopleRoom(string issuer = "https://auth.example.test", Func<KOauthSettings, KOauthSettings>? change = null)
    {
        _database = new TestDatabase(services => services
            .AddSingleton(s =>
            {
                Assert.True(IssuerUri.TryParse(issuer, out var uri, out _));
                var directory = s.GetRequiredService<StoreSettings>().DataDirectory;
                var settings = new KOauthSettings
                {
                    Issuer = uri!,
                    DataDirectory = directory,
                    Urls = [issuer],
                    MasterKeyFile = Path.Combine(directory, "master.key"),
                };
                return change?.Invoke(settings) ?? settings;
            })
            .AddMetrics()
            .AddSingleton<Randomness>()
            .AddKeys()
            .AddSingleton(Cost)
            .AddPeople()
            .Replace(ServiceDescriptor.Singleton(_ => OpenRing.Of())));
    }

    /// <summary>The least that Argon2id does.</summary>
    internal static PasswordCost Cost { get; } = new(8, 1);

    public FakeTimeProvider Time => _database.Time;

    internal Accounts Accounts => Get<Accounts>();

    internal Sessions Sessions => Get<Sessions>();

    internal SignIn SignIn => Get<SignIn>();

    internal Argon2idHasher Hasher => Get<Argon2idHasher>();

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal T Get<T>()
        where T : notnull => _database.Get<T>();

    internal KOauthDb Open() => _database.Open();

    internal async Task<User> AddUserAsync(string email = Email, string password = Password, bool isAdmin = false)
    {
        Assert.True((await Accounts.CreateAsync(email, password, isAdmin, "test", Ct)).Ok(out var user, out var refusal), refusal?.Reason.Id);
        return user;
    }

    /// <summary>The reason why a sign-in is refused, or null when it is not.</summary>
    internal async Task<Reason?> TryAsync(string email, string password, TestVisitor? visitor = null) =>
        (await SignIn.CheckAsync(email, password, (visitor ?? new TestVisitor()).Request(), Ct)).Ok(out _, out var refusal) ? null : refusal.Reason;

    internal async Task<TestVisitor> SignedInAsync(User user, TestVisitor? visitor = null)
    {
        visitor ??= new TestVisitor();
        var request = visitor.Request();
        await Sessions.StartAsync(request, user, Ct);
        visitor.Keep(request.Response);
        return visitor;
    }

    internal ValueTask<SignedIn?> WhoAsync(TestVisitor visitor) => Sessions.FindAsync(visitor.Request(), Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
