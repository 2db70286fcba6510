using KOauth.Protocol;

namespace KOauth.Clients;

/// <summary>Ids the server makes up: random, and never like a URL, which would be a metadata document's (DC-19).</summary>
internal static class GeneratedIds
{
    private const int Bytes = 16;

    public static string Next(Randomness randomness) => "koc_" + randomness.Text(Bytes);
}
