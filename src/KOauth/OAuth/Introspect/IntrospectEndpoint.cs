using KOauth.Clients;
using KOauth.Protocol;
using KOauth.Resources;
using KOauth.Stories;

namespace KOauth.OAuth.Introspect;

internal static class IntrospectEndpoint
{
    public const string Path = "/oauth/introspect";

    public static async Task<IResult> HandleAsync(
        HttpContext http, ResourceAuthentication resources, ClientAuthentication clients, Introspection introspection, Story story, CancellationToken ct)
    {
        if (!(await OAuthForm.ReadAsync(http, ct)).Ok(out var form, out var refusal))
        {
            return new OAuthError(refusal, story, told: StoryEvents.IntrospectionRefused);
        }

        if (!(await CallerAsync(form, resources, clients, story, ct)).Ok(out var caller, out refusal))
        {
            return new OAuthError(refusal, story, form.Authorization is not null || form["client_id"] is null, StoryEvents.IntrospectionRefused);
        }

        if (form["token"] is not { } token)
        {
            return new OAuthError(new Refusal(Reasons.ParameterMissing) { Expected = "token" }, story, told: StoryEvents.IntrospectionRefused);
        }

        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(await introspection.DescribeAsync(token, caller, ct));
    }

    private static async ValueTask<Outcome<Caller>> CallerAsync(
        OAuthForm form, ResourceAuthentication resources, ClientAuthentication clients, Story story, CancellationToken ct)
    {
        if (form is { Authorization: null } && form["client_id"] is null)
        {
            return Reasons.CredentialsMissing; // RFC 7662 §2.1
        }

        if (await resources.AuthenticateAsync(form, ct) is { } answer)
        {
            return answer.Ok(out var resource, out var wrong) ? new Caller(resource, null) : wrong;
        }

        if (!(await clients.AuthenticateAsync(form, story, ct)).Ok(out var client, out var refusal))
        {
            return refusal;
        }

        return client.IsPublic ? Reasons.IntrospectionByPublicClient : new Caller(null, client);
    }
}

/// <summary>Who asks: the server of a resource, or a client.</summary>
internal sealed record Caller(Resource? Resource, Client? Client);
