using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>
/// The authentication scheme: one access token in, one identity or one refusal out. Answers as RFC 6750 §3 and the MCP authorization
/// specification want them: 401 starts a sign-in, 403 asks for more scopes, 400 is for headers no client should send.
/// </summary>
internal sealed partial class KOauthHandler(
    IOptionsMonitor<KOauthOptions> options, ILoggerFactory loggers, UrlEncoder encoder, TokenCheck tokens, PublishedScopes published)
    : AuthenticationHandler<KOauthOptions>(options, loggers, encoder)
{
    private TokenRefusal? _refusal;
    private bool _isDPoP;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = BearerHeader.Read(Request, out _refusal);
        if (token is null && _refusal is null)
        {
            return AuthenticateResult.NoResult();
        }

        ClaimsIdentity? identity = null;
        if (token is not null)
        {
            _isDPoP = token.IsDPoP;
            (identity, _refusal) = await tokens.CheckAsync(token, Request, Context.RequestAborted);
        }

        if (identity is null)
        {
            LogRefused(Logger, _refusal!.ForTheLog);
            return AuthenticateResult.Fail(_refusal.Sentence);
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();

        await AnswerAsync(_refusal ?? new TokenRefusal(401, null, "Send an access token in the Authorization header."), published.ForSignIn(Context));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var needed = NeededScopes.Of(Context);
        if (Options.Covers(Context.User, needed))
        {
            // Another policy refused. Asking for scopes the token already has would send the client around in circles.
            return AnswerAsync(new TokenRefusal(403, null, "This account may not do that."), []);
        }

        return AnswerAsync(
            new TokenRefusal(403, "insufficient_scope", $"This needs the scopes: {string.Join(' ', needed)}."), needed);
    }

    private Task AnswerAsync(TokenRefusal refusal, IReadOnlyCollection<string> scopes)
    {
        Response.StatusCode = refusal.Status;
        Response.Headers.CacheControl = "no-store";
        if (refusal.Status == StatusCodes.Status503ServiceUnavailable)
        {
            Response.Headers.RetryAfter = "5";
        }
        else if (refusal.Status != StatusCodes.Status403Forbidden || refusal.Error is not null)
        {
            Response.Headers.WWWAuthenticate = Challenge.For(refusal, _isDPoP || Options.RequireBoundTokens, ResourceAddress.Of(Options).MetadataUrl, scopes);
        }

        return HttpMethods.IsHead(Request.Method)
            ? Task.CompletedTask
            : Response.WriteAsJsonAsync(
                new RefusalBody(refusal.Error ?? (refusal.Status == 401 ? "unauthorized" : "forbidden"), refusal.Sentence),
                WireFormat.Default.RefusalBody,
                cancellationToken: Context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Information, "An access token was refused. {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
