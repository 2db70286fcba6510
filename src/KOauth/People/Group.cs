namespace KOauth.People;

/// <summary>A name for several people, so that access to a resource is given once.</summary>
internal sealed class Group
{
    public int Key { get; set; }

    public required string Name { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class GroupMember
{
    public int GroupKey { get; set; }

    public Guid UserId { get; set; }
}
