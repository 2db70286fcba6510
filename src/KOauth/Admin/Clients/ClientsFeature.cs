using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Clients;

/// <summary>
/// <c>koauth client …</c>: the apps that may ask for access (RFC 6749 §2). A command changes nothing when an argument is not
/// understood; every rule is in <see cref="KOauth.Clients.ClientRules"/>, every change in the audit log. Secrets are made here,
/// shown once, and stored as hashes. <c>oauth:register-client</c> and <c>oauth:update-client</c> are older spellings of
/// <c>client register</c> and <c>client update --create</c> that guides use.
/// </summary>
internal sealed class ClientsFeature : IFeature
{
    public void AddCommands(RootCommand koauth, CommandServices services)
    {
        koauth.Add(new Command("client", "Apps that may ask for access")
        {
            new RegisterClientCommand("register", services),
            new UpdateClientCommand("update", services, alwaysCreates: false),
            new ShowClientCommand(services),
            new ListClientsCommand(services),
            new DeleteClientCommand(services),
            new CleanUpClientsCommand(services),
            new Command("secret", "The secret by which a client proves itself")
            {
                new RotateSecretCommand(services),
                new CheckSecretCommand(services),
            },
            new ListPresetsCommand(),
        });
        koauth.Add(new RegisterClientCommand("oauth:register-client", services));
        koauth.Add(new UpdateClientCommand("oauth:update-client", services, alwaysCreates: true));
    }
}
