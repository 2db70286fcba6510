using System.Text.Json.Serialization;

namespace KOauth.AspNetCore;

/// <summary>The document of RFC 9728 §2.</summary>
internal sealed record ResourceMetadata(
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("authorization_servers")] IReadOnlyList<string> AuthorizationServers,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("bearer_methods_supported")] IReadOnlyList<string> BearerMethods,
    [property: JsonPropertyName("resource_name")] string? Name,
    [property: JsonPropertyName("resource_documentation")] string? Documentation,
    [property: JsonPropertyName("dpop_signing_alg_values_supported")] IReadOnlyList<string> ProofAlgorithms,
    [property: JsonPropertyName("dpop_bound_access_tokens_required")] bool? RequiresBoundTokens);

/// <summary>A refusal once more as JSON, for people with curl.</summary>
internal sealed record RefusalBody(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string Description);

/// <summary>Members without a value are left out: strict clients stumble over null.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResourceMetadata))]
[JsonSerializable(typeof(RefusalBody))]
internal sealed partial class WireFormat : JsonSerializerContext;
