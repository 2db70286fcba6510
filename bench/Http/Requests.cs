using System.Globalization;
using System.Text;

namespace KOauth.Bench.Http;

/// <summary>Requests as bytes, made before anything is measured.</summary>
internal static class Requests
{
    public static byte[] Get(string host, string target, string? cookies = null) => Encoding.ASCII.GetBytes(
        $"GET {target} HTTP/1.1\r\nHost: {host}\r\n{(cookies is null ? "" : $"Cookie: {cookies}\r\n")}\r\n");

    public static string Form(params (string Name, string Value)[] fields) =>
        string.Join('&', fields.Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value)}"));
}

/// <summary>A form post of which one field changes from request to request; the field comes last and needs no escaping.</summary>
internal sealed class FormPost(string host, string path, string fixedFields, string changingField)
{
    private readonly byte[] _before = Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ");

    private readonly byte[] _body = Encoding.ASCII.GetBytes($"{fixedFields}&{changingField}=");

    /// <summary>Writes the request and gives its length.</summary>
    public int Write(Span<byte> request, ReadOnlySpan<byte> value)
    {
        _before.CopyTo(request);
        var length = _before.Length;
        (_body.Length + value.Length).TryFormat(request[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        "\r\n\r\n"u8.CopyTo(request[length..]);
        length += 4;
        _body.CopyTo(request[length..]);
        length += _body.Length;
        value.CopyTo(request[length..]);
        return length + value.Length;
    }
}
