using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Admin.Users;

/// <summary>Changes what an account may do. What disabling ended stays ended when the account is made active again.</summary>
internal sealed class UpdateUserCommand : StoreCommand
{
    private readonly Argument<string> _email = UserEmail.Argument();

    private readonly Option<bool?> _admin = new("--admin")
    {
        Description = "Make it an administrator, or with =false an ordinary user",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool?> _active = new("--active")
    {
        Description = "Let it sign in again, or with =false disable it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly IdentityOptions _identities = new();

    public UpdateUserCommand(CommandServices services)
        : base("update", "Change an account; prints what changed", services)
    {
        Add(_email);
        Add(_admin);
        Add(_active);
        _identities.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_admin) is null && result.GetResult(_active) is null && !_identities.AnyGiven(result))
            {
                result.AddError("Nothing to change is named.");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var accounts = services.GetRequiredService<Accounts>();
        var email = command.GetRequiredValue(_email);
        if (await accounts.FindAsync(email, ct) is not { } user)
        {
            return Refuse(command, UserEmail.Unknown(email));
        }

        if (await _identities.ApplyAsync(command, user, Actor, services, refusal => Refuse(command, refusal), ct) is not { } said)
        {
            return Refused;
        }

        var before = UserView.Of(user);
        if (!(await accounts.UpdateAsync(user.Id, Wish(command, _admin), Wish(command, _active), Actor, ct)).Ok(out var changed, out var refused))
        {
            return Refuse(command, refused);
        }

        var after = UserView.Of(changed);
        if (command.GetValue(Json))
        {
            command.PrintJson(after);
            return Done;
        }

        foreach (var sentence in said)
        {
            command.Output().WriteLine(Printable.Text(sentence));
        }

        if (command.GetResult(_admin) is not null || command.GetResult(_active) is not null)
        {
            Print(command, "Role", before.Role, after.Role);
            Print(command, "State", before.State, after.State);
        }

        return Done;
    }

    /// <summary>The bare option means yes.</summary>
    private static bool? Wish(ParseResult command, Option<bool?> option) =>
        command.GetResult(option) is null ? null : command.GetValue(option) ?? true;

    private static void Print(ParseResult command, string label, string before, string after) =>
        command.Output().WriteLine(before == after ? $"{label}: {after}, as it was" : $"{label}: {before} -> {after}");
}
