using System.Buffers;
using System.Text.Json;

namespace KOauth.OAuth.Token;

/// <summary>The 200 of the token endpoint (RFC 6749 §5.1): no null members, a whole number of seconds, the granted scope always.</summary>
internal sealed class TokenAnswer(string accessToken, string tokenType, long expiresIn, string scope, string? refreshToken, string? idToken, string? issuedTokenType = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        // Made whole before it is sent: with its length known it leaves in one piece, where a chunked body takes two.
        var body = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("access_token"u8, accessToken);
            json.WriteString("token_type"u8, tokenType);
            json.WriteNumber("expires_in"u8, expiresIn);
            if (refreshToken is not null)
            {
                json.WriteString("refresh_token"u8, refreshToken);
            }

            if (issuedTokenType is not null)
            {
                json.WriteString("issued_token_type"u8, issuedTokenType);
            }

            if (idToken is not null)
            {
                json.WriteString("id_token"u8, idToken);
            }

            json.WriteString("scope"u8, scope);
            json.WriteEndObject();
        }

        var response = httpContext.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = body.WrittenCount;
        return response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted).AsTask();
    }
}
