using KOauth.Hosting;

namespace KOauth.Account.Consent;

/// <summary>
/// <c>GET, POST /account/consent</c>: asks the signed-in person whether an application may use a resource in the person's name. It
/// shows who asks and how this server knows it, where the answer goes, what for, and to which account it applies.
/// <para>
/// Showing the page uses nothing up. The form's ticket is sealed anew with the account it was shown to, so a form shown to one
/// account never approves for another, and a ticket that was never shown approves nothing.
/// </para>
/// </summary>
internal sealed class ConsentFeature : IFeature;
