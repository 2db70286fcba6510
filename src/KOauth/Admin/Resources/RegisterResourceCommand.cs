using System.CommandLine;
using KOauth.Hosting;
using KOauth.Resources;

namespace KOauth.Admin.Resources;

internal sealed class RegisterResourceCommand : StoreCommand
{
    private readonly Argument<string> _url = ResourceUrl.Argument();
    private readonly ScopeOptions _options = new();

    public RegisterResourceCommand(CommandServices services)
        : base("register", "Register an MCP server or API, so that tokens may be issued for it", services, mayCreate: true)
    {
        Add(_url);
        _options.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        if (!(await _options.ReadAsync(command, services, ct)).Ok(out var wanted, out var wrong))
        {
            return Refuse(command, wrong);
        }

        var outcome = await services.GetRequiredService<ResourceRegistry>().RegisterAsync(command.GetRequiredValue(_url), wanted, Actor, ct);
        if (!outcome.Ok(out var resource, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(await ResourceView.ReadAsync(resource, services, ct));
            return Done;
        }

        command.Output().WriteLine($"Registered {resource.Uri}. Its tokens carry the audience {resource.TokenAudience}.");
        command.Output().WriteLine("Next: let the MCP server check tokens against this, and register an app: koauth client register --preset claude");
        return Done;
    }
}
