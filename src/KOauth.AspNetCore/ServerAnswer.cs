namespace KOauth.AspNetCore;

/// <summary>What one visit to the authorization server brought.</summary>
/// <param name="Keys">Its keys, or null when there is nothing to rely on.</param>
/// <param name="IsReachable">False when it did not answer or answered with an error.</param>
/// <param name="Problem">What is wrong, with what was expected; null when everything is as it should be.</param>
internal sealed record ServerAnswer(IReadOnlyDictionary<string, PublishedKey>? Keys, bool IsReachable, string? Problem)
{
    public static ServerAnswer Good(IReadOnlyDictionary<string, PublishedKey> keys, string? remark) => new(keys, true, remark);

    public static ServerAnswer Different(string problem) => new(null, true, problem);

    public static ServerAnswer Unreachable(string reason) => new(null, false, reason);
}
