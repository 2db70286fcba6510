using System.CommandLine;
using KOauth.Clients;
using KOauth.Protocol;

namespace KOauth.Admin.Clients;

/// <summary>The options that registering and updating a client have in common, with one meaning.</summary>
internal sealed class ClientOptions
{
    public Option<string> Name { get; } = new("--name") { Description = "What people read on the consent page", HelpName = "N" };

    public Option<IReadOnlyList<string>?> RedirectUris { get; } =
        ListOptions.ByComma("--redirect-uris", "Where answers may be sent, in full, separated by commas", "A,B");

    public Option<IReadOnlyList<string>?> Grants { get; } =
        ListOptions.ByComma("--grants", "How it gets tokens: authorization_code, refresh_token, device_code, …; default the first two", "A,B");

    public Option<IReadOnlyList<string>?> Scopes { get; } =
        ListOptions.BySpace("--scopes", $"The only scopes it may be granted; '{Limit.LiftedBy}' for no limit", "\"a b\"");

    public Option<IReadOnlyList<string>?> Resources { get; } =
        ListOptions.ByComma("--resources", $"The only MCP servers it may ask for, separated by commas; '{Limit.LiftedBy}' for no limit", "U,…");

    public Option<IReadOnlyList<string>?> SpeaksFor { get; } =
        ListOptions.ByComma("--speaks-for", "The MCP servers it is, separated by commas: tokens made for them it may exchange; 'none' for none", "U,…");

    public Option<IReadOnlyList<string>?> ExchangeTargets { get; } =
        ListOptions.ByComma("--exchange-targets", "The MCP servers it may call in people's names by token exchange, or issuer:URL[=ID] of servers it may take assertions about people to; 'none' for none", "U,…");

    public Option<bool?> Trusted { get; } = new("--trusted") { Description = "No consent page; only for a client with a secret and https redirect URIs" };

    public Option<bool?> RequirePar { get; } = new("--require-par") { Description = "Only authorization requests it pushed before (PAR, RFC 9126)" };

    public Option<bool?> Dpop { get; } = new("--dpop") { Description = "Only tokens bound to a key of its own (DPoP), never bearer tokens" };

    public Option<string> Description { get; } = new("--description") { Description = "A note for administrators", HelpName = "D" };

    public Option<string> Website { get; } = new("--website") { Description = "Its website, https", HelpName = "U" };

    public Option<string> Logo { get; } = new("--logo") { Description = "Its logo, https", HelpName = "U" };

    public void AddTo(Command command)
    {
        command.Add(Name);
        command.Add(RedirectUris);
        command.Add(Grants);
        command.Add(Scopes);
        command.Add(Resources);
        command.Add(SpeaksFor);
        command.Add(ExchangeTargets);
        command.Add(Trusted);
        command.Add(RequirePar);
        command.Add(Dpop);
        command.Add(Description);
        command.Add(Website);
        command.Add(Logo);
    }

    public ClientChange Read(ParseResult command) => new()
    {
        Name = command.GetValue(Name),
        RedirectUris = command.GetValue(RedirectUris),
        GrantTypes = command.GetValue(Grants)?.Select(GrantTypeNames.Long).ToList(),
        Scopes = Limited(command.GetValue(Scopes)),
        Resources = Limited(command.GetValue(Resources)),
        SpeaksFor = OrNone(command.GetValue(SpeaksFor)),
        ExchangeTargets = OrNone(command.GetValue(ExchangeTargets)),
        Trusted = command.GetValue(Trusted),
        RequiresPushedRequests = command.GetValue(RequirePar),
        RequiresBoundTokens = command.GetValue(Dpop),
        Description = command.GetValue(Description),
        Website = command.GetValue(Website),
        Logo = command.GetValue(Logo),
    };

    private static IReadOnlyList<string>? OrNone(IReadOnlyList<string>? words) => words is ["none"] ? [] : words;

    private static Limit? Limited(IReadOnlyList<string>? words) => words switch
    {
        null => null,
        [Limit.LiftedBy] => new Limit(Words: null),
        _ => new Limit(words),
    };
}
