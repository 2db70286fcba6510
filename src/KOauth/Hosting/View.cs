using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace KOauth.Hosting;

/// <summary>Renders a view as the answer of anything, page or endpoint.</summary>
internal static class View
{
    public static Task RenderAsync<T>(HttpContext http, string path, T model, int status)
    {
        var data = new ViewDataDictionary<T>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = model };
        var view = new ViewResult { ViewName = path, ViewData = data, StatusCode = status };
        return view.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
    }
}
