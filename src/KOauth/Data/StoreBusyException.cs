namespace KOauth.Data;

/// <summary>
/// A write was not taken, where no refusal can be returned: nothing has changed. The wire answer is 503 with
/// <c>Retry-After</c>, as for <see cref="Protocol.Reasons.Busy"/>.
/// </summary>
internal sealed class StoreBusyException() : Exception("The database did not take the write; nothing has changed.");
