using System.Text.Json;
using KOauth.Grants;
using KOauth.People;
using KOauth.Protocol;

namespace KOauth.Account.ApiKeys;

/// <summary>
/// <c>{"name", "resource", "scopes": […], "expiresInDays": 90}</c>, or <c>"neverExpires": true</c> in place of the days. Anything else is
/// refused, not ignored: whoever sends a limit believes that it holds (AK-02).
/// </summary>
internal static class KeyWishBody
{
    private const string Shape = """{"name": "…", "resource": "https://…", "scopes": ["…"], "expiresInDays": 90} or "neverExpires": true""";

    public static Outcome<KeyWish> Read(JsonElement body, SignedIn person)
    {
        string? name = null, resource = null;
        IReadOnlyList<string>? scopes = null;
        int? days = null;
        var never = false;
        foreach (var member in body.EnumerateObject())
        {
            var value = member.Value;
            switch (member.Name)
            {
                case "userId" when value.ValueKind == JsonValueKind.String && Guid.TryParse(value.GetString(), out var id) && id == person.UserId:
                    break;
                case "userId":
                    return Reasons.ApiKeyOfAnother;
                case "name" when value.ValueKind == JsonValueKind.String:
                    name = value.GetString();
                    break;
                case "resource" when value.ValueKind == JsonValueKind.String:
                    resource = value.GetString();
                    break;
                case "scopes" when value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(s => s.ValueKind == JsonValueKind.String):
                    scopes = [.. value.EnumerateArray().Select(s => s.GetString()!)];
                    break;
                case "expiresInDays" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number):
                    days = number;
                    break;
                case "neverExpires" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    never = value.GetBoolean();
                    break;
                default:
                    return new Refusal(Reasons.ApiKeyWishInvalid) { Expected = Shape };
            }
        }

        return name is null || resource is null || scopes is null || days is null != never
            ? new Refusal(Reasons.ApiKeyWishInvalid) { Expected = Shape }
            : new KeyWish(name, resource, scopes, days);
    }
}
