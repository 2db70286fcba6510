using KOauth.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KOauth.People;

/// <summary>
/// Who may sign in, how it is checked, and who is signed in. Identity keeps the accounts; the hash (Argon2id), the limits and the
/// sessions are our own, because Identity's cookie is valid wherever it is copied to and its lockout lets strangers lock people out.
/// </summary>
internal static class PeopleRegistration
{
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddIdentityCore<User>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                identity.User.AllowedUserNameCharacters = ""; // the user name is the address; EmailAddress decides
                identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            })
            .AddEntityFrameworkStores<KOauthDb>();
        // Identity's own rules ask for kinds of characters; ours replaces them wherever Identity sets a password.
        services.RemoveAll<IPasswordValidator<User>>();
        services.AddSingleton<IPasswordValidator<User>, PasswordPolicy>();
        services.RemoveAll<IPasswordHasher<User>>();
        services.AddSingleton<IPasswordHasher<User>>(s => s.GetRequiredService<Argon2idHasher>());
        services.RemoveAll<ILookupNormalizer>();
        services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>();

        services.TryAddSingleton(PasswordCost.Default);
        services.AddSingleton<Argon2idHasher>();
        services.AddSingleton<HashQueue>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<Cookies>();
        services.AddSingleton<BrowserCookie>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SessionList>();
        services.AddSingleton<PasswordChange>();
        services.AddSingleton<Accounts>();
        services.AddSingleton<LinkedIdentities>();
        services.AddSingleton<SetupLinks>();
        services.AddSingleton<AccountLinks>();
        services.AddSingleton<PeopleSweep>();
        services.AddHostedService(s => s.GetRequiredService<PeopleSweep>());
        return services;
    }
}
