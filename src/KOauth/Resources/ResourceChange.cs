namespace KOauth.Resources;

/// <summary>What somebody wants to change; what is null stays. The rules judge the outcome, not this.</summary>
internal sealed record ResourceChange
{
    public string? Name { get; init; }

    /// <summary>The URL itself takes a special audience away.</summary>
    public string? Audience { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyList<string> AddScopes { get; init; } = [];

    public IReadOnlyList<string> RemoveScopes { get; init; } = [];

    /// <summary>The scopes that are meant when a client names none; without this, new scopes are among them.</summary>
    public IReadOnlyList<string>? DefaultScopes { get; init; }

    /// <summary>What the consent page says for a scope.</summary>
    public IReadOnlyDictionary<string, string> Descriptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Who may use it, as <see cref="AllowList"/> spells it; empty: nobody.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    public void ApplyTo(Resource resource)
    {
        resource.Name = Name ?? resource.Name;
        resource.Audience = Audience is null ? resource.Audience : Audience == resource.Uri ? null : Audience;
        resource.Allow = Allow is null ? resource.Allow : [.. Allow];
        var kept = (Scopes ?? [.. resource.Scopes.Select(s => s.Name)]).Where(s => !RemoveScopes.Contains(s)).ToList();
        List<string> names = [.. kept, .. AddScopes.Distinct().Where(s => !kept.Contains(s))];
        resource.Scopes = [.. names.Select(name => Scope(resource, name))];
    }

    /// <summary>A scope mentioned in the change that the resource will not have, or null.</summary>
    public string? Unknown(Resource changed) =>
        (DefaultScopes ?? []).Concat(Descriptions.Keys).FirstOrDefault(name => !changed.Scopes.Exists(s => s.Name == name));

    private ResourceScope Scope(Resource resource, string name)
    {
        var scope = resource.Scopes.Find(s => s.Name == name) ?? new ResourceScope(++resource.LastScopeId, name, null, true);
        return scope with
        {
            Description = Descriptions.GetValueOrDefault(name, scope.Description!),
            IsDefault = DefaultScopes?.Contains(name) ?? scope.IsDefault,
        };
    }
}
