namespace KOauth.Data;

/// <summary>What was changed, by whom, from what to what. Written in the transaction of the change; nothing edits it.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary><c>cli</c>, <c>user:ID</c> or <c>server</c>.</summary>
    public required string Actor { get; set; }

    /// <summary>Such as <c>client.updated</c>.</summary>
    public required string Action { get; set; }

    /// <summary>Such as <c>client:claude-mcp</c>.</summary>
    public required string Target { get; set; }

    /// <summary>Names of what changed with old and new values, as JSON; never a secret.</summary>
    public string? Changes { get; set; }
}
