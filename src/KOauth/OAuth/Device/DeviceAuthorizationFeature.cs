using KOauth.Hosting;

namespace KOauth.OAuth.Device;

/// <summary>
/// <c>POST /oauth/device_authorization</c> (RFC 8628 §3.1): a device without a browser gets a code for itself and one that a person
/// types at <c>/account/device</c>; it asks the token endpoint until the person has answered.
/// <para>
/// Client, resource and scope are checked here, so that the person is asked for exactly what will be granted. Codes are written down
/// as hashes, live 15 minutes and are for clients an administrator registered for them (docs/decisions/0015-device-grant.md).
/// </para>
/// </summary>
internal sealed class DeviceAuthorizationFeature : IFeature
{
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<KOauthSettings>().DeviceGrant)
        {
            routes.MapPost(DeviceAuthorizationEndpoint.Path, DeviceAuthorizationEndpoint.HandleAsync);
        }
    }
}
