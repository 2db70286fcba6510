using KOauth.Protocol;

namespace KOauth.Hosting;

/// <summary>What a person reads of a refusal: the sentence, what was expected and what came, and the reference for the owner.</summary>
internal sealed class ErrorPage(Refusal refusal, string reference, int status = StatusCodes.Status400BadRequest) : IResult
{
    public Refusal Refusal => refusal;

    /// <summary>Of the story that tells more; empty when there is none.</summary>
    public string Reference => reference;

    /// <summary>
    /// Tells the application what happened, when it may be told: a link the person follows, never a redirect, because nobody has
    /// approved of the address yet (RFC 9700 §4.11).
    /// </summary>
    public string? BackUrl { get; init; }

    public string? AppName { get; init; }

    public Task ExecuteAsync(HttpContext httpContext) => View.RenderAsync(httpContext, "/Hosting/ErrorPage.cshtml", this, status);
}
