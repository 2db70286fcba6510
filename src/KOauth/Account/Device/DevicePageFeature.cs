using KOauth.Hosting;

namespace KOauth.Account.Device;

/// <summary>
/// <c>GET, POST /account/device</c> (RFC 8628 §3.3): a person types the code that a device shows, or confirms the one that came in the
/// link, and goes on to sign-in and consent as for an application; the answer ends here instead of at a redirect URI.
/// <para>
/// A link never approves anything: the person presses a button that says the device shows this code, and is asked again on the consent
/// page, every time. Wrong codes are counted (docs/decisions/0015-device-grant.md).
/// </para>
/// </summary>
internal sealed class DevicePageFeature : IFeature;
