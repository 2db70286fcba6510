using System.CommandLine;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Protocol;

namespace KOauth.Admin.Users;

/// <summary>Makes an account. The password is asked for twice on a terminal, or comes on standard input.</summary>
internal sealed class CreateUserCommand : Command
{
    private const int Misused = 2;

    public CreateUserCommand(CommandServices services)
        : base("create", "Make an account")
    {
        var email = UserFacts.EmailArgument();
        var admin = new Option<bool>("--admin") { Description = "Make the account an administrator" };
        var passwordStdin = new Option<bool>("--password-stdin") { Description = "Read the password from standard input, one line" };
        var json = GlobalOptions.Json();
        Add(email);
        Add(admin);
        Add(passwordStdin);
        Add(json);
        SetAction(async (command, ct) =>
        {
            var fromInput = command.GetValue(passwordStdin);
            if (!fromInput && !services.IsTerminal)
            {
                await command.Error().WriteLineAsync("There is no terminal to ask for the password. Pipe it in: koauth user create EMAIL --password-stdin");
                return Misused;
            }

            var accounts = (await services.OpenOrCreateAsync(command, ct)).GetRequiredService<Accounts>();
            var password = fromInput ? await services.Input.ReadLineAsync(ct) : AskTwice(command, services);
            var user = UserFacts.Value(await accounts.CreateAsync(
                command.GetRequiredValue(email), password ?? "", command.GetValue(admin), "cli", ct));
            if (command.GetValue(json))
            {
                command.PrintJson(UserFacts.Of(user));
            }
            else
            {
                await command.Output().WriteLineAsync($"Made the account {Printable.Text(user.Email!)}{(user.IsAdmin ? ", an administrator" : "")}.");
            }

            return 0;
        });
    }

    private static string? AskTwice(ParseResult command, CommandServices services)
    {
        var password = SecretPrompt.Ask(command, services, $"Password (at least {PasswordPolicy.MinLength} characters)");
        return SecretPrompt.Ask(command, services, "Password again") == password
            ? password
            : throw new CommandRefusedException(Reasons.PasswordsDiffer.Person);
    }
}
