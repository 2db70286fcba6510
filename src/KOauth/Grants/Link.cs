namespace KOauth.Grants;

/// <summary>One person's tie to one client. It exists from the first disconnect on; raising its epoch ends every grant between the two.</summary>
internal sealed class Link
{
    public Guid UserId { get; set; }

    public int ClientKey { get; set; }

    public int Epoch { get; set; }
}
