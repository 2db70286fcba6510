using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.Grants;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Admin.Resources;

/// <summary>The options that registering and updating a resource have in common, with one meaning.</summary>
internal sealed class ScopeOptions
{
    public Option<string> Name { get; } = new("--name") { Description = "What people read on the consent page", HelpName = "N" };

    public Option<string> Audience { get; } = new("--audience")
    {
        Description = "Another audience than the URL, for a server that insists on one; the URL itself takes it back",
        HelpName = "X",
    };

    public Option<IReadOnlyList<string>?> Scopes { get; } = ListOptions.BySpace("--scopes", "The scopes it has", "\"a b\"");

    public Option<IReadOnlyList<string>?> Defaults { get; } =
        ListOptions.BySpace("--default-scopes", "Which of them a client gets that names none; without this, all", "\"a\"");

    public Option<string[]> Describe { get; } = ListOptions.Repeated("--describe", "What the consent page says for a scope", "SCOPE=TEXT");

    public Option<IReadOnlyList<string>?> Allow { get; } = ListOptions.ByComma("--allow",
        "Who may use it: everyone, nobody, or addresses and group:NAME separated by commas. Replaces the list; connections of others end at their next refresh", "A,group:G");

    public void AddTo(Command command)
    {
        command.Add(Name);
        command.Add(Audience);
        command.Add(Scopes);
        command.Add(Defaults);
        command.Add(Describe);
        command.Add(Allow);
        Describe.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=') is <= 0 || t.Value.EndsWith('=')))
            {
                result.AddError($"--describe takes SCOPE=TEXT, not '{token.Value}'.");
            }
        });
    }

    /// <summary>The change that is wanted; refused when <c>--allow</c> names somebody who is not there.</summary>
    public async Task<Outcome<ResourceChange>> ReadAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        if (command.GetValue(Allow) is not { } words)
        {
            return Read(command);
        }

        return (await services.GetRequiredService<AllowWords>().ReadAsync(words, ct)).Ok(out var allow, out var refusal)
            ? Read(command) with { Allow = allow }
            : refusal;
    }

    private ResourceChange Read(ParseResult command) => new()
    {
        Name = command.GetValue(Name),
        Audience = command.GetValue(Audience),
        Scopes = command.GetValue(Scopes),
        DefaultScopes = command.GetValue(Defaults),
        Descriptions = (command.GetValue(Describe) ?? []).Select(d => d.Split('=', 2))
            .GroupBy(d => d[0], StringComparer.Ordinal).ToDictionary(d => d.Key, d => d.Last()[1], StringComparer.Ordinal),
    };

    /// <summary>Whether any option was given at all.</summary>
    public static bool AnyGiven(CommandResult result, Option json) =>
        result.Children.OfType<OptionResult>().Any(o => !o.Implicit && o.Option != json && !o.Option.Recursive);
}
