using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KOauth.Account;

/// <summary>
/// A page that belongs to the person who is signed in. Whoever is not is sent to sign in; a form that another origin sent is refused,
/// beside the framework's anti-forgery token.
/// </summary>
internal abstract class PersonalPage(Sessions sessions, KOauthSettings settings) : PageModel
{
    public SignedIn Person { get; private set; } = null!;

    /// <summary>The address of a page of ours, for links and forms.</summary>
    public string PathTo(string page) => settings.Issuer.Path + page;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (!HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method) && !OwnOrigin.MayChange(HttpContext, settings.Issuer))
        {
            context.Result = new PageAnswer(new ErrorPage(new Refusal(Reasons.FormForeign), reference: "", StatusCodes.Status403Forbidden));
        }
        else if (await sessions.FindAsync(HttpContext, HttpContext.RequestAborted) is not { } person)
        {
            context.Result = FlowAnswers.Continue($"{settings.Issuer}/account/login");
        }
        else
        {
            Person = person;
            await next();
        }
    }
}
