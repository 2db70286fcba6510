using System.Globalization;

namespace KOauth.Resources;

/// <summary>
/// How <see cref="Resource.Allow"/> spells who may use a resource. Without a list the resource is open to everybody with an
/// account, because accounts are made by administrators and their invitations; an empty list is open to nobody.
/// </summary>
internal static class AllowList
{
    public const string Everyone = "everyone";

    private const string UserPrefix = "user:";
    private const string GroupPrefix = "group:";

    public static string User(Guid id) => $"{UserPrefix}{id}";

    public static string Group(int key) => string.Create(CultureInfo.InvariantCulture, $"{GroupPrefix}{key}");

    public static bool IsOpen(Resource resource) => resource.Allow is null || resource.Allow.Contains(Everyone);

    public static IEnumerable<int> Groups(IReadOnlyList<string> allow) =>
        allow.Where(a => a.StartsWith(GroupPrefix, StringComparison.Ordinal))
            .Select(a => int.Parse(a.AsSpan(GroupPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture));

    public static IEnumerable<Guid> Users(IReadOnlyList<string> allow) =>
        allow.Where(a => a.StartsWith(UserPrefix, StringComparison.Ordinal)).Select(a => Guid.Parse(a.AsSpan(UserPrefix.Length)));
}
