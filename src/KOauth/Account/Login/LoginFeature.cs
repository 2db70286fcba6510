using KOauth.Hosting;

namespace KOauth.Account.Login;

/// <summary>
/// <c>GET, POST /account/login</c>: the sign-in page. Inside a flow it carries the sealed ticket, shows which application asks, and
/// after the right password sends the browser back to the dispatcher, which looks at what is missing next; alone it leads to
/// <c>/account</c>. There is no return URL to tamper with.
/// <para>
/// Unknown, wrong and disabled are one sentence. The session cookie is always a new one. The page has no <c>form-action</c> in its
/// policy, because the redirects after the form may end at the application.
/// </para>
/// </summary>
internal sealed class LoginFeature : IFeature;
