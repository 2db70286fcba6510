using KOauth.Data;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KOauth;

/// <summary>
/// The last place for exceptions: the answer says nothing of the machine (HD-06), JSON for applications and a page for people, with
/// the reference under which the log has the rest. A busy or full database is no bug: 503, and try again.
/// </summary>
internal sealed partial class UnexpectedErrors(ILogger<UnexpectedErrors> logger)
{
    private static readonly int[] _passing =
        [raw.SQLITE_BUSY, raw.SQLITE_LOCKED, raw.SQLITE_FULL, raw.SQLITE_IOERR, raw.SQLITE_CANTOPEN, raw.SQLITE_READONLY];

    public void Use(IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (BadHttpRequestException malformed) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, new Refusal(Reasons.RequestTooLarge), malformed.StatusCode, "");
        }
        catch (Exception unexpected) when (!http.Response.HasStarted)
        {
            await TellAsync(http, unexpected);
        }
    });

    private async Task TellAsync(HttpContext http, Exception unexpected)
    {
        var story = http.RequestServices.GetRequiredService<Story>();
        var isOutage = IsOutage(unexpected) || IsOutage(unexpected.InnerException);
        var refusal = new Refusal(isOutage ? Reasons.Busy : Reasons.ServerBroken) { Detail = unexpected.GetType().Name };
        LogUnexpected(unexpected, http.Request.Method, http.Request.Path, story.Reference);
        story.Tell(StoryEvents.RequestFailed, refusal);
        if (isOutage)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        await AnswerAsync(http, refusal, isOutage ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError, story.Reference);
    }

    // Busy, locked, full, unreadable: the file's state, which passes. Any other error of the database is a mistake in a statement.
    private static bool IsOutage(Exception? unexpected) =>
        unexpected is StoreBusyException || (unexpected is SqliteException { SqliteErrorCode: var code } && _passing.Contains(code));

    private static async Task AnswerAsync(HttpContext http, Refusal refusal, int status, string reference)
    {
        http.Response.StatusCode = status;
        if (JsonErrors.IsForApplications(http) && !http.Request.Path.StartsWithSegments("/oauth/authorize"))
        {
            await JsonErrors.WriteAsync(http, refusal.Reason);
            return;
        }

        await new ErrorPage(refusal, reference, status).ExecuteAsync(http);
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed story={Story}")]
    private partial void LogUnexpected(Exception unexpected, string method, string path, string story);
}
