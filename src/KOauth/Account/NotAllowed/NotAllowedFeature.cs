using KOauth.Hosting;

namespace KOauth.Account.NotAllowed;

/// <summary>
/// <c>GET, POST /account/not-allowed</c>: inside a flow, tells a signed-in person who is not among those that may use the resource
/// whom to ask, shows which account that is, and leads to another account or back to the application.
/// <para>
/// It is shown before anything is approved. Somebody who was let in meanwhile goes on when the page is loaded again.
/// </para>
/// </summary>
internal sealed class NotAllowedFeature : IFeature;
