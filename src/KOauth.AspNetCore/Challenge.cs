using System.Text;
using KOauth.Protocol.DPoP;

namespace KOauth.AspNetCore;

/// <summary>The <c>WWW-Authenticate</c> header (RFC 6750 §3, RFC 9728 §5.1, RFC 9449 §7.1). No value contains a quote or a comma, which simple clients split at.</summary>
internal static class Challenge
{
    public static string For(TokenRefusal refusal, bool isDPoP, string metadataUrl, IReadOnlyCollection<string> scopes)
    {
        var header = new StringBuilder(isDPoP ? $"DPoP algs=\"{string.Join(' ', ProofKey.Algorithms)}\", " : "Bearer ");
        if (refusal.Error is { } error)
        {
            header.Append("error=\"").Append(error).Append("\", error_description=\"").Append(refusal.Sentence.Replace(",", "", StringComparison.Ordinal)).Append("\", ");
        }

        // RFC 6750 §3: one scope parameter; a malformed header is no reason to ask for other scopes.
        if (scopes.Count > 0 && refusal.Status != 400)
        {
            header.Append("scope=\"").AppendJoin(' ', scopes).Append("\", ");
        }

        return header.Append("resource_metadata=\"").Append(metadataUrl).Append('"').ToString();
    }
}
