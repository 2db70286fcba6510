using KOauth.Hosting;

namespace KOauth.Account.Reset;

/// <summary>
/// <c>GET, POST /account/reset?token=…</c>: sets a new password with a link of <c>koauth user reset-link</c>. It ends what was made
/// with the old one and signs nobody in: whoever has the link goes through the sign-in page like everybody, with all it asks for.
/// </summary>
internal sealed class ResetFeature : IFeature;
