using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Clients;

/// <summary>What somebody wants to change; what is null stays. The rules judge the outcome, not this.</summary>
internal sealed record ClientChange
{
    public string? Name { get; init; }

    public IReadOnlyList<string>? RedirectUris { get; init; }

    /// <summary>Added when it is not there yet.</summary>
    public IReadOnlyList<string> AddRedirectUris { get; init; } = [];

    /// <summary>Removed when it is there.</summary>
    public IReadOnlyList<string> RemoveRedirectUris { get; init; } = [];

    /// <summary>Long names (<see cref="GrantTypeNames"/>).</summary>
    public IReadOnlyList<string>? GrantTypes { get; init; }

    public Limit? Scopes { get; init; }

    public Limit? Resources { get; init; }

    /// <summary>An empty list takes it away.</summary>
    public IReadOnlyList<string>? SpeaksFor { get; init; }

    /// <summary>An empty list takes it away, and the grant with it.</summary>
    public IReadOnlyList<string>? ExchangeTargets { get; init; }

    public bool? Trusted { get; init; }

    public bool? Active { get; init; }

    public bool? RequiresPushedRequests { get; init; }

    public bool? RequiresBoundTokens { get; init; }

    public string? Description { get; init; }

    public string? Website { get; init; }

    public string? Logo { get; init; }

    public bool IsNothing => this == new ClientChange { AddRedirectUris = AddRedirectUris, RemoveRedirectUris = RemoveRedirectUris }
        && AddRedirectUris.Count + RemoveRedirectUris.Count == 0;

    public void ApplyTo(Client client, IReadOnlyList<Resource> resources)
    {
        client.Name = Name ?? client.Name;
        var redirectUris = (RedirectUris ?? client.RedirectUris).Where(u => !RemoveRedirectUris.Contains(u)).ToList();
        client.RedirectUris = [.. redirectUris, .. AddRedirectUris.Distinct().Where(u => !redirectUris.Contains(u))];
        client.GrantTypes = GrantTypes?.ToList() ?? client.GrantTypes;
        client.Scopes = Scopes is null ? client.Scopes : Scopes.Words?.ToList();
        client.Resources = Resources is null
            ? client.Resources
            : Resources.Words?.Select(text => ResourceRules.AsRegistered(text, resources)).ToList();
        client.SpeaksFor = Registered(SpeaksFor, resources) ?? client.SpeaksFor;
        if (Registered(ExchangeTargets, resources) is { } targets)
        {
            client.ExchangeTargets = targets;
            client.GrantTypes = [.. client.GrantTypes.Where(g => g != GrantTypeNames.TokenExchange), .. targets.Count > 0 ? [GrantTypeNames.TokenExchange] : (string[])[]];
        }

        client.Trusted = Trusted ?? client.Trusted;
        client.Active = Active ?? client.Active;
        client.RequiresPushedRequests = RequiresPushedRequests ?? client.RequiresPushedRequests;
        client.RequiresBoundTokens = RequiresBoundTokens ?? client.RequiresBoundTokens;
        client.Description = Description ?? client.Description;
        client.Website = Website ?? client.Website;
        client.Logo = Logo ?? client.Logo;
    }

    private static List<string>? Registered(IReadOnlyList<string>? uris, IReadOnlyList<Resource> resources) =>
        uris?.Select(text => ResourceRules.AsRegistered(text, resources)).ToList();
}

/// <summary>A list that limits; null words lift the limit.</summary>
internal sealed record Limit(IReadOnlyList<string>? Words)
{
    public const string LiftedBy = "all";
}
