using System.CommandLine;
using System.CommandLine.Parsing;
using KOauth.People;
using KOauth.Protocol;

namespace KOauth.Admin.Users;

/// <summary>The options of <c>user update</c> that say who an account is at another issuer.</summary>
internal sealed class IdentityOptions
{
    private readonly Option<string> _issuer = new("--link-issuer") { Description = "Link it to an identity: of this issuer", HelpName = "I" };
    private readonly Option<string> _subject = new("--link-subject") { Description = "and with this subject ('sub') there", HelpName = "S" };
    private readonly Option<string> _unlink = new("--unlink") { Description = "Unlink it from an issuer; ends its sessions and connections", HelpName = "I" };

    public void AddTo(Command command)
    {
        command.Add(_issuer);
        command.Add(_subject);
        command.Add(_unlink);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_issuer) is null != result.GetResult(_subject) is null)
            {
                result.AddError("--link-issuer and --link-subject belong together.");
            }
        });
    }

    public bool AnyGiven(CommandResult result) => result.GetResult(_issuer) is not null || result.GetResult(_unlink) is not null;

    /// <summary>Does what was asked for and says so in sentences; null when it was refused, and that is said.</summary>
    public async Task<IReadOnlyList<string>?> ApplyAsync(
        ParseResult command, User user, string actor, IServiceProvider services, Func<Refusal, int> refuse, CancellationToken ct)
    {
        var identities = services.GetRequiredService<LinkedIdentities>();
        var said = new List<string>();
        if (command.GetValue(_unlink) is { } issuer)
        {
            var gone = await identities.UnlinkAsync(user, issuer, actor, ct);
            said.Add(gone.Count == 0
                ? $"Not linked to {issuer}."
                : $"Unlinked from {string.Join(", ", gone)}. The account's sessions and connections have ended.");
        }

        if (command.GetValue(_issuer) is { } linked)
        {
            var identity = new LinkedIdentity(linked, command.GetValue(_subject)!);
            if (await identities.LinkAsync(user, identity, actor, ct) is { } refusal)
            {
                refuse(refusal);
                return null;
            }

            said.Add($"Linked to {identity}.");
        }

        return said;
    }
}
