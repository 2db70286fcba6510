using KOauth.Hosting;

namespace KOauth.Account;

/// <summary><c>GET /account</c>: who is signed in at this browser, the way to the pages of their own, and the way out.</summary>
internal sealed class AccountFeature : IFeature;
