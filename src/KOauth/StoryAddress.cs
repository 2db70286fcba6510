using KOauth.Hosting;
using KOauth.Stories;

namespace KOauth;

/// <summary>Tells the story of a request whom it came from. Documents and pages without a story are left alone.</summary>
internal static class StoryAddress
{
    public static void UseStoryAddress(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.Path.StartsWithSegments("/oauth") || http.Request.Path.StartsWithSegments("/account"))
        {
            http.RequestServices.GetRequiredService<Story>().Address = ClientNetwork.Address(http)?.ToString();
        }

        return next(http);
    });
}
