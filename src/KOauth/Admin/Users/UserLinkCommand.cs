using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

/// <summary>
/// <c>user invite</c> and <c>user reset-link</c>: make a link and print it, for the administrator to send. Whoever has it chooses the
/// password, so it goes to the person alone; no administrator ever knows a password of somebody else's.
/// </summary>
internal sealed class UserLinkCommand : StoreCommand
{
    private readonly Argument<string> _email = UserEmail.Argument();
    private readonly bool _isInvitation;

    public UserLinkCommand(CommandServices services, bool isInvitation)
        : base(isInvitation ? "invite" : "reset-link",
            isInvitation ? "Make a link with which somebody makes an account; valid for 72 hours, once" : "Make a link with which a person sets a new password; valid for one hour, once",
            services)
    {
        _isInvitation = isInvitation;
        Add(_email);
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var links = services.GetRequiredService<AccountLinks>();
        var email = command.GetRequiredValue(_email);
        var made = _isInvitation ? await links.CreateInvitationAsync(email, Actor, ct) : await links.CreateResetAsync(email, Actor, ct);
        if (!made.Ok(out var link, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(new { email, link });
            return Done;
        }

        var life = Duration.Text(_isInvitation ? AccountLinks.InvitationLife : AccountLinks.ResetLife);
        command.Output().WriteLine(link);
        command.Error().WriteLine($"Send it to {Printable.Text(email)} alone: whoever opens it chooses the password. It works once, for {life}, and replaces the one before.");
        return Done;
    }
}
