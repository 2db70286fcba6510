using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Admin.Clients;

/// <summary>Makes a client and prints what to paste where. Asks for what is missing when a person is there, and only then.</summary>
internal sealed class RegisterClientCommand : StoreCommand
{
    private readonly Argument<string?> _id = new("ID") { Description = "The id it will have; made up when left out", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _preset = new("--preset") { Description = "A known client: see koauth client presets", HelpName = "NAME" };
    private readonly Option<bool?> _public = new("--public") { Description = "Without a secret: for programs on people's own devices" };
    private readonly ClientOptions _options = new();

    public RegisterClientCommand(string name, CommandServices services)
        : base(name, "Register an app and print what to paste into it", services, mayCreate: true)
    {
        Add(_id);
        Add(_preset);
        _options.AddTo(this);
        Add(_public);
        _preset.Validators.Add(result => PresetName.Check(result));
        Validators.Add(NothingMissing);
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var resources = await services.GetRequiredService<ResourceDirectory>().AllAsync(ct);
        var preset = command.GetValue(_preset) is { } name ? Presets.Find(name) : null;
        var answers = new ClientInterview.Answers(command.GetValue(_id), preset, _options.Read(command), McpUrl: null);
        if (MayAsk(command))
        {
            answers = await ClientInterview.AskAsync(Services.Terminal(command.Output()), answers, resources, services, ct);
        }

        if (answers.McpUrl is { } url)
        {
            var registered = await services.GetRequiredService<ResourceRegistry>().RegisterAsync(url, new ResourceChange(), Actor, ct);
            if (!registered.Ok(out var resource, out var fault))
            {
                return Refuse(command, fault);
            }

            resources = [resource];
        }

        var id = answers.Id ?? GeneratedIds.Next(services.GetRequiredService<Randomness>());
        var client = NewClient.From(id, answers.Preset, command.GetValue(_public), answers.Options, resources);
        return await RegisterAsync(command, client, resources, command.GetValue(Json), services, ct);
    }

    /// <summary>Registers it and tells; also what <c>update --create</c> does.</summary>
    public static async Task<int> RegisterAsync(
        ParseResult command, Client client, IReadOnlyList<Resource> resources, bool json, IServiceProvider services, CancellationToken ct)
    {
        var outcome = await services.GetRequiredService<ClientRegistry>().RegisterAsync(client, Actor, ct);
        if (!outcome.Ok(out var registered, out var refusal))
        {
            return Refuse(command, refusal);
        }

        var mcpUrls = client.Resources ?? [.. resources.Select(r => r.Uri)];
        if (json)
        {
            command.PrintJson(new
            {
                clientId = client.ClientId,
                clientSecret = registered.Secret,
                mcpServerUrls = mcpUrls,
                client = ClientView.Of(client),
                warnings = registered.Advice,
            });
            return Done;
        }

        command.Output().WriteLine($"Created client '{client.ClientId}'{(client.Name == client.ClientId ? "" : $" ({Printable.Text(client.Name)})")}.");
        command.PrintPasteText(registered, mcpUrls);
        foreach (var advice in registered.Advice)
        {
            Warn(command, advice.Message, advice.Fix);
        }

        return Done;
    }

    private bool MayAsk(ParseResult command) => Services.IsTerminal && !command.GetValue(Json);

    private void NothingMissing(CommandResult result)
    {
        if (result.GetResult(_options.RedirectUris) is not null
            || (result.GetResult(_options.Grants) is { Tokens: [var grants] } && !grants.Value.Contains(GrantTypeNames.AuthorizationCode, StringComparison.Ordinal))
            || (Services.IsTerminal && result.GetResult(Json) is null or { Implicit: true }))
        {
            return;
        }

        if (result.GetResult(_preset) is not { } preset)
        {
            result.AddError("Where answers may be sent is missing: name a known client with --preset (claude, chatgpt, …), or --redirect-uris.");
        }
        else if (preset.Tokens is [{ Value: var name }] && Presets.Find(name) is { RedirectUris.Count: 0 } known)
        {
            result.AddError($"The redirect URI of {known.Name} is not known: add --redirect-uris with the one it shows.");
        }
    }
}
