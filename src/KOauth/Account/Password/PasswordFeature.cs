using KOauth.Hosting;

namespace KOauth.Account.Password;

/// <summary>
/// <c>GET, POST /account/password</c>: changes the password of whoever knows the old one. Every other browser is signed out; apps stay
/// connected unless the person wants them ended, too.
/// </summary>
internal sealed class PasswordFeature : IFeature;
