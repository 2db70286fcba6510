using KOauth.Hosting;

namespace KOauth.Account;

/// <summary><c>GET /account</c>: who is signed in at this browser, and the way out.</summary>
internal sealed class AccountFeature : IFeature;
