namespace KOauth.Protocol;

/// <summary>
/// Why something was refused. The id is stable: it is the same string in the log, the story, the documents and the tests.
/// </summary>
/// <param name="Id">Stable, snake_case.</param>
/// <param name="Error">The code the wire gets: one of the RFC's own words.</param>
/// <param name="Wire">The sentence an application may read. It helps no attacker: causes that must not be told apart share one.</param>
/// <param name="Person">The sentence the person at the browser may read: what happened and what to do, no codes.</param>
/// <param name="Owner">The sentence the owner reads in the story: the whole truth but for secrets.</param>
internal sealed record Reason(string Id, string Error, string Wire, string Person, string Owner)
{
    public override string ToString() => Id;
}
