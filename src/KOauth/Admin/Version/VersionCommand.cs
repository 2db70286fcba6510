using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using KOauth.Hosting;

namespace KOauth.Admin.Version;

internal sealed class VersionCommand : Command
{
    private readonly Option<bool> _json = GlobalOptions.Json();

    public VersionCommand()
        : base("version", "Print the version of KOauth, .NET and the operating system")
    {
        Add(_json);
        SetAction(Run);
    }

    private void Run(ParseResult command)
    {
        var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        if (command.GetValue(_json))
        {
            command.PrintJson(new { koauth = version, dotnet = Environment.Version.ToString(), system = RuntimeInformation.RuntimeIdentifier });
            return;
        }

        command.Output().WriteLine($"koauth {version} (.NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier})");
    }
}
