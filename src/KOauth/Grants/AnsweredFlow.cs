namespace KOauth.Grants;

/// <summary>A flow the person said no to: its ticket approves nothing any more. Kept until the ticket would have expired anyway.</summary>
internal sealed class AnsweredFlow
{
    /// <summary>The id of the grant the flow would have become.</summary>
    public Guid GrantId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
