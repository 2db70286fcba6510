using KOauth.Hosting;

namespace KOauth.Account.Logout;

/// <summary>
/// <c>GET, POST /account/logout</c>: signs this browser out. A link only asks (another site may link here); the form does it, on the
/// server, so that a copied cookie is worth nothing afterwards. It works whatever limits are in force.
/// </summary>
internal sealed class LogoutFeature : IFeature;
