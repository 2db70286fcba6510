using KOauth.Hosting;

namespace KOauth.Account.Apps;

/// <summary>
/// <c>GET, POST /account/apps</c>: what may act for the person: each app by the name or host that is known of it, what for, since
/// when and when last; and the button that ends it, which is felt at the app's next request.
/// </summary>
internal sealed class AppsFeature : IFeature;
