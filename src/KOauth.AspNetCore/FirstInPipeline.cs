using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace KOauth.AspNetCore;

/// <summary>Puts <see cref="WellKnown"/> before everything the application does.</summary>
internal sealed class FirstInPipeline : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<WellKnown>();
        next(app);
    };
}
