using KOauth.Protocol;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace KOauth.Hosting;

/// <summary>What a person reads of a refusal: the sentence, what was expected and what came, and the reference for the owner.</summary>
internal sealed class ErrorPage(Refusal refusal, string reference, int status = StatusCodes.Status400BadRequest) : IResult
{
    public Refusal Refusal => refusal;

    public string Reference => reference;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var data = new ViewDataDictionary<ErrorPage>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = this };
        var view = new ViewResult { ViewName = "/Hosting/ErrorPage.cshtml", ViewData = data, StatusCode = status };
        return view.ExecuteResultAsync(new ActionContext(httpContext, httpContext.GetRouteData(), new ActionDescriptor()));
    }
}
