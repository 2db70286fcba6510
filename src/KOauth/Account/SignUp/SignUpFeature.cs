using KOauth.Hosting;

namespace KOauth.Account.SignUp;

/// <summary>
/// <c>GET, POST /account/signup?token=…</c>: makes the account that <c>koauth user invite</c> invited to. Without an invitation
/// nobody signs up.
/// </summary>
internal sealed class SignUpFeature : IFeature;
