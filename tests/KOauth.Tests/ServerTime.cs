using KOauth.Data;
using Microsoft.Extensions.DependencyInjection;

namespace KOauth.Tests;

/// <summary>Commands go by the machine's time and the server in memory by its own; where both work on one database they must agree.</summary>
internal static class ServerTime
{
    /// <summary>The server's time becomes the machine's, if that is later, and is known to commands.</summary>
    public static async Task MeetMachineAsync(this KOauthApp koauth)
    {
        if (TimeProvider.System.GetUtcNow() is var now && now > koauth.Clock.GetUtcNow())
        {
            koauth.Clock.SetUtcNow(now);
        }

        await koauth.TellTimeAsync();
    }

    /// <summary>A command that runs now is not behind.</summary>
    public static Task TellTimeAsync(this KOauthApp koauth) =>
        koauth.Services.GetRequiredService<ClockMark>().KeepAsync(TestContext.Current.CancellationToken);

    /// <summary>A command line on the data of the server.</summary>
    public static CommandLine Commands(this KOauthApp koauth, string? directory = null)
    {
        var line = new CommandLine();
        line.Environment["KOAUTH_DATA"] = directory ?? koauth.DataDirectory;
        return line;
    }
}
