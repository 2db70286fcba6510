using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace KOauth.Bench.Http;

/// <summary>An HTTP/1.1 response, read no further than a driver needs and spelled as Kestrel spells it.</summary>
internal readonly ref struct Answer
{
    private readonly ReadOnlySpan<byte> _head;

    private Answer(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _head = head;
        Body = body;
        Status = int.Parse(head.Slice("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
    }

    public int Status { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>False while bytes are missing.</summary>
    public static bool TryRead(byte[] received, int count, out Answer answer)
    {
        var all = received.AsSpan(0, count);
        var end = all.IndexOf("\r\n\r\n"u8);
        answer = default;
        if (end < 0)
        {
            return false;
        }

        var head = all[..(end + 2)];
        var rest = all[(end + 4)..];
        if (Between(head, "\r\nContent-Length: "u8, (byte)'\r') is { IsEmpty: false } text && Utf8Parser.TryParse(text, out int length, out _))
        {
            answer = rest.Length >= length ? new Answer(head, rest[..length]) : default;
            return rest.Length >= length;
        }

        if (head.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) < 0)
        {
            answer = new Answer(head, []);
            return true;
        }

        var bodyLength = Chunks(rest, join: false);
        if (bodyLength < 0)
        {
            return false;
        }

        Chunks(rest, join: true);
        answer = new Answer(head, rest[..bodyLength]);
        return true;
    }

    /// <summary>What stands between a text in the headers and the first of the ends; empty when it is not there.</summary>
    public ReadOnlySpan<byte> InHead(ReadOnlySpan<byte> before, params ReadOnlySpan<byte> ends) => Between(_head, before, ends);

    /// <summary>A string of the JSON body that needs no unescaping; empty when it is not there.</summary>
    public ReadOnlySpan<byte> InBody(ReadOnlySpan<byte> before) => Between(Body, before, (byte)'"');

    /// <summary>For the message when it is not the expected one.</summary>
    public string Describe() => $"{Status} {Encoding.UTF8.GetString(Body.Length > 300 ? Body[..300] : Body)}".TrimEnd();

    private static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, params ReadOnlySpan<byte> ends)
    {
        var start = text.IndexOf(before);
        if (start < 0)
        {
            return [];
        }

        var rest = text[(start + before.Length)..];
        var length = rest.IndexOfAny(ends);
        return length < 0 ? [] : rest[..length];
    }

    /// <summary>The length of a chunked body, or -1 while it is not whole; on demand its pieces are put together at the front.</summary>
    private static int Chunks(Span<byte> rest, bool join)
    {
        var (read, written) = (0, 0);
        while (true)
        {
            var line = rest[read..].IndexOf("\r\n"u8);
            if (line < 0 || !Utf8Parser.TryParse(rest.Slice(read, line), out int size, out _, 'x'))
            {
                return -1;
            }

            read += line + 2;
            if (rest.Length < read + size + 2)
            {
                return -1;
            }

            if (size == 0)
            {
                return written;
            }

            if (join)
            {
                rest.Slice(read, size).CopyTo(rest[written..]);
            }

            written += size;
            read += size + 2;
        }
    }
}
