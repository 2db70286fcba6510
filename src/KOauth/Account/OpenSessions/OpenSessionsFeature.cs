using KOauth.Hosting;

namespace KOauth.Account.OpenSessions;

/// <summary>
/// <c>GET, POST /account/sessions</c>: the browsers in which the person is signed in, each with a button that signs it out, and one for
/// all the others. It is done on the server: the cookie of that browser is worth nothing from its next request on.
/// </summary>
internal sealed class OpenSessionsFeature : IFeature;
