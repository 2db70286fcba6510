using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;
using Spectre.Console;

namespace KOauth.Admin.Users;

/// <summary>Makes an account. The password is asked for twice on a terminal, or comes on standard input.</summary>
internal sealed class CreateUserCommand : StoreCommand
{
    private readonly Argument<string> _email = UserEmail.Argument();
    private readonly Option<bool> _admin = new("--admin") { Description = "Make the account an administrator" };
    private readonly Option<bool> _passwordStdin = new("--password-stdin") { Description = "Read the password from standard input, one line" };

    public CreateUserCommand(CommandServices services)
        : base("create", "Make an account", services, mayCreate: true)
    {
        Add(_email);
        Add(_admin);
        Add(_passwordStdin);
        Validators.Add(result =>
        {
            if (!result.GetValue(_passwordStdin) && !services.IsTerminal)
            {
                result.AddError("There is no terminal to ask for the password. Pipe it in: koauth user create EMAIL --password-stdin");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult command, IServiceProvider services, CancellationToken ct)
    {
        var password = command.GetValue(_passwordStdin) ? await Services.Input.ReadLineAsync(ct) : await AskTwiceAsync(command, ct);
        if (password is null)
        {
            return Refuse(command, new Refusal(Reasons.PasswordsDiffer));
        }

        var accounts = services.GetRequiredService<Accounts>();
        if (!(await accounts.CreateAsync(command.GetRequiredValue(_email), password, command.GetValue(_admin), Actor, ct)).Ok(out var user, out var refusal))
        {
            return Refuse(command, refusal);
        }

        if (command.GetValue(Json))
        {
            command.PrintJson(UserView.Of(user));
        }
        else
        {
            command.Output().WriteLine($"Made the account {Printable.Text(user.Email!)}{(user.IsAdmin ? ", an administrator" : "")}.");
        }

        return Done;
    }

    /// <summary>The password, or null when it was typed differently the second time.</summary>
    private async Task<string?> AskTwiceAsync(ParseResult command, CancellationToken ct)
    {
        var terminal = Services.Terminal(command.Output());
        var first = await terminal.PromptAsync(new TextPrompt<string>($"Password, at least {PasswordPolicy.MinLength} characters:").Secret(null), ct);
        var second = await terminal.PromptAsync(new TextPrompt<string>("Password again:").Secret(null), ct);
        return first == second ? first : null;
    }
}
