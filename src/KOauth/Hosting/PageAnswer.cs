using Microsoft.AspNetCore.Mvc;

namespace KOauth.Hosting;

/// <summary>Lets a page answer with what endpoints answer with.</summary>
internal sealed class PageAnswer(IResult result) : ActionResult
{
    public override Task ExecuteResultAsync(ActionContext context) => result.ExecuteAsync(context.HttpContext);
}
