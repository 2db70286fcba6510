using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>
/// The words of a client that people read: on the consent page they decide by them, in a terminal they run through it. What
/// could turn writing around, hide in it or run as a link is refused (DC-02, DC-09).
/// </summary>
internal static class ClientTexts
{
    public const int MaxNameLength = 100;
    public const int MaxDescriptionLength = 500;
    public const int MaxLinkLength = 2048;

    public static Refusal? Fault(Client client) =>
        TextFault("name", client.Name, MaxNameLength)
        ?? TextFault("description", client.Description, MaxDescriptionLength)
        ?? LinkFault("website", client.Website)
        ?? LinkFault("logo", client.Logo);

    private static Refusal? TextFault(string property, string? text, int longest)
    {
        if (text is null)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return Wrong($"The {property} is empty.");
        }

        if (text.Length > longest)
        {
            return Wrong($"The {property} has {text.Length} characters; {longest} are allowed.");
        }

        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return Wrong($"The {property} begins or ends with a space.");
        }

        return ReadableText.Is(text)
            ? null
            : Wrong($"The {property} contains a character that nobody sees: a line break, a control, or a mark that turns writing around.");
    }

    /// <summary>Only https: a link of a client is never a way to run something or to look at the inside of a network.</summary>
    private static Refusal? LinkFault(string property, string? link)
    {
        if (link is null)
        {
            return null;
        }

        var isLink = link.Length <= MaxLinkLength
            && link.StartsWith("https://", StringComparison.Ordinal)
            && link.All(c => c is > ' ' and < (char)127 and not ('\\' or '"' or '<' or '>'))
            && Uri.TryCreate(link, UriKind.Absolute, out var uri)
            && uri.UserInfo.Length == 0
            && uri.Host.Length > 0;
        return isLink ? null : Wrong($"The {property} must be an https:// URL.", link.Length <= 100 ? link : $"{link[..100]}…");
    }

    private static Refusal Wrong(string detail, string? received = null) =>
        new(Reasons.ClientMetadataInvalid) { Detail = detail, Received = received };
}
