using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace KOauth.Tests;

/// <summary>Gives the in-memory connection the address of a peer.</summary>
internal sealed class TestPeer : IStartupFilter
{
    public IPAddress Address { get; set; } = KOauthApp.Home;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, following) =>
        {
            http.Connection.RemoteIpAddress = Address;
            return following(http);
        });
        next(app);
    };
}
