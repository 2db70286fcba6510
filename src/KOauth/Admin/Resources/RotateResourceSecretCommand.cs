using System.CommandLine;
using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Resources;

namespace KOauth.Admin.Resources;

/// <summary>Makes the credential by which an MCP server asks about tokens, and prints it as its environment variables.</summary>
internal sealed class RotateResourceSecretCommand : StoreCommand
{
    private readonly Argument<string> _url = ResourceUrl.Argument();
    private readonly Option<string> _overlap = new("--overlap")
    {
        Description = "How long the current secret stays valid, such as 24h, 30m or 0",
        HelpName = "TIME",
        DefaultValueFactory = _ => "24h",
    };

    public RotateResourceSecretCommand(CommandServices services)
        : base("rotate", "Make a new secret for an MCP server, shown once; the current one stays valid for a while", services)
    {
        Add(_url);
        Add(_overlap);
        _overlap.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !Duration.TryParse(text, out _))
            {
                result.AddError($"--overlap cannot be '{text}'; it is a length of time such as 24h, 30m or 0.");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var url = command.GetRequiredValue(_url);
        _ = Duration.TryParse(command.GetRequiredValue(_overlap), out var overlap); // a validator has seen it
        if (await ResourceUrl.FindAsync(url, services, ct) is not { } resource
            || !ResourceUri.Parse(resource.Uri).Ok(out var uri, out _)
            || !(await services.GetRequiredService<ResourceRegistry>().RotateSecretAsync(uri, overlap, Actor, ct)).Ok(out var credential, out _))
        {
            return await ResourceUrl.RefuseUnknownAsync(command, url, services, ct);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { uri = resource.Uri, resourceId = credential.Id, resourceSecret = credential.Secret, previousSecretValidUntil = credential.PreviousUntil });
            return Done;
        }

        command.PrintColumns([["KOAUTH_RESOURCE_ID", credential.Id], ["KOAUTH_RESOURCE_SECRET", credential.Secret]]);
        command.Output().WriteLine(credential.PreviousUntil is { } until
            ? $"The secret is shown this once. The one before stays valid until {Sheet.Day(until)}: give the new one to the MCP server by then."
            : "The secret is shown this once. Give both to the MCP server, as environment variables or in its options.");
        return Done;
    }
}
