using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KOauth.Data;

/// <summary>
/// What EF asks the application for. Identity's context reads its schema version from the application's options; here it always
/// gets the one with passkeys, so that server, commands, tests and <c>dotnet ef</c> cannot come to different tables.
/// </summary>
internal sealed class IdentitySchema(ILoggerFactory? loggers) : IServiceProvider
{
    private readonly IOptions<IdentityOptions> _options = Options.Create(
        new IdentityOptions { Stores = { SchemaVersion = IdentitySchemaVersions.Version3, MaxLengthForKeys = 128 } });

    public object? GetService(Type serviceType)
    {
        if (serviceType == typeof(IOptions<IdentityOptions>))
        {
            return _options;
        }

        return serviceType == typeof(ILoggerFactory) ? loggers : null;
    }
}
