using KOauth.Account;
using KOauth.Account.ApiKeys;
using KOauth.Account.Apps;
using KOauth.Account.Consent;
using KOauth.Account.Device;
using KOauth.Account.Login;
using KOauth.Account.Logout;
using KOauth.Account.NotAllowed;
using KOauth.Account.OpenSessions;
using KOauth.Account.Password;
using KOauth.Account.Reset;
using KOauth.Account.Setup;
using KOauth.Account.SignUp;
using KOauth.Admin.Clients;
using KOauth.Admin.Database;
using KOauth.Admin.Groups;
using KOauth.Admin.Keys;
using KOauth.Admin.Logs;
using KOauth.Admin.Resources;
using KOauth.Admin.Settings;
using KOauth.Admin.Stories;
using KOauth.Admin.Users;
using KOauth.Admin.Version;
using KOauth.Demo;
using KOauth.Health;
using KOauth.Hosting;
using KOauth.OAuth.Authorize;
using KOauth.OAuth.Device;
using KOauth.OAuth.Discovery;
using KOauth.OAuth.Introspect;
using KOauth.OAuth.Register;
using KOauth.OAuth.Reports;
using KOauth.OAuth.Revoke;
using KOauth.OAuth.Token;
using KOauth.OAuth.UserInfo;
using KOauth.OAuth.ValidateKey;

namespace KOauth;

/// <summary>The table of contents: every URL, page and command of KOauth starts in one of these.</summary>
internal static class Features
{
    public static readonly IReadOnlyList<IFeature> All =
    [
        new DiscoveryFeature(), // GET  /.well-known/*
        new RegisterFeature(),  // POST /oauth/register
        new AuthorizeFeature(), //      /oauth/authorize
        new LoginFeature(),     //      /account/login
        new ConsentFeature(),   //      /account/consent
        new NotAllowedFeature(), //    /account/not-allowed
        new DeviceAuthorizationFeature(), // POST /oauth/device_authorization
        new DevicePageFeature(), //     /account/device
        new TokenFeature(),     // POST /oauth/token
        new RevokeFeature(),    // POST /oauth/revoke
        new IntrospectFeature(), // POST /oauth/introspect
        new UserInfoFeature(),  //      /oauth/userinfo
        new ResetFeature(),     //      /account/reset
        new SignUpFeature(),    //      /account/signup
        new ReportsFeature(),   //      /oauth/seen, /oauth/ended
        new SetupFeature(),     //      /account/setup, koauth setup-link
        new AccountFeature(),   //      /account
        new AppsFeature(),      //      /account/apps
        new OpenSessionsFeature(), //   /account/sessions
        new ApiKeysFeature(),   //      /account/keys, /api/me/api-keys
        new ValidateKeyFeature(), // POST /api/validate-key
        new PasswordFeature(),  //      /account/password
        new LogoutFeature(),    //      /account/logout
        new HealthFeature(),    // GET  /health/*
        new ClientsFeature(),   // koauth client …
        new ResourcesFeature(), // koauth resource …
        new UsersFeature(),     // koauth user …
        new GroupsFeature(),    // koauth group …
        new KeysFeature(),      // koauth keys …
        new DatabaseFeature(),  // koauth migrate …, backup, restore
        new LogsFeature(),      // koauth logs
        new SettingsFeature(),  // koauth config show
        new StoriesFeature(),   // koauth diagnose
        new DemoFeature(),      // koauth demo
        new VersionFeature(),   // koauth version
    ];
}
