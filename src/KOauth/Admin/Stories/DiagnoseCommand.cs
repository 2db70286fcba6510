using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KOauth.Clients;
using KOauth.Hosting;
using KOauth.Stories;

namespace KOauth.Admin.Stories;

internal sealed class DiagnoseCommand : Command
{
    private const int Few = 20;

    private readonly CommandServices _services;
    private readonly Option<string?> _client = new("--client-id") { Description = "Stories of this client, its settings and its last refusal", HelpName = "ID" };
    private readonly Option<string?> _story = new("--story") { Description = "One story from beginning to end", HelpName = "REF" };
    private readonly Option<int?> _hours = new("--hours") { Description = "Only what happened in the last N hours", HelpName = "N", CustomParser = Hours };
    private readonly Option<bool> _all = new("--all") { Description = $"Up to {StoryBook.Most} stories instead of the newest {Few}" };
    private readonly Option<bool> _follow = new("--follow") { Description = "Keep printing what happens until interrupted" };
    private readonly Option<bool> _json = GlobalOptions.Json();

    public DiagnoseCommand(CommandServices services)
        : base("diagnose", "Say what happened to connection attempts, and how to mend what failed")
    {
        _services = services;
        Aliases.Add("oauth:diagnose");
        Add(_client);
        Add(_story);
        Add(_hours);
        Add(_all);
        Add(_follow);
        Add(_json);
        Validators.Add(given =>
        {
            if (Given(_story) && (Given(_client) || Given(_hours) || Given(_all) || Given(_follow)))
            {
                given.AddError("The option --story names one story; leave out --client-id, --hours, --all and --follow.");
            }

            if (Given(_follow) && Given(_json))
            {
                given.AddError("The option --follow prints lines for people; for programs use the log with KOAUTH_LOG_FORMAT=json.");
            }

            bool Given(Option option) => given.GetResult(option) is not null;
        });
        SetAction(RunAsync);
    }

    private static int? Hours(ArgumentResult given)
    {
        if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and < 100_000)
        {
            return hours;
        }

        given.AddError("The option --hours is a number of hours, 1 or more.");
        return null;
    }

    private async Task<int> RunAsync(ParseResult command, CancellationToken ct)
    {
        var services = await _services.OpenAsync(command, ct);
        var book = services.GetRequiredService<StoryBook>();
        var settings = services.GetRequiredService<KOauthSettings>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var print = new StoryPrint(command, now, settings.AccessTokenLifetime);

        if (command.GetValue(_story) is { } reference)
        {
            TellOne(book, print, settings, reference.Trim().ToUpperInvariant(), command.GetValue(_json));
            return 0;
        }

        var client = command.GetValue(_client) is { } id ? await FindAsync(services, id, ct) : null;
        var since = command.GetValue(_hours) is { } hours ? now.AddHours(-hours) : (DateTimeOffset?)null;
        var position = book.Position();
        var stories = book.Newest(client?.ClientId, since, command.GetValue(_all) ? StoryBook.Most : Few);
        var refusal = client is null ? null : book.LastRefusal(client.ClientId, since);
        if (command.GetValue(_json))
        {
            print.Json(client, stories, refusal);
            return 0;
        }

        print.Client(client);
        print.List(stories, client?.ClientId);
        print.LastRefusal(client, refusal);
        if (command.GetValue(_follow))
        {
            await FollowAsync(book, print, client?.ClientId, position, ct);
        }

        return 0;
    }

    private static void TellOne(StoryBook book, StoryPrint print, KOauthSettings settings, string reference, bool json)
    {
        var story = book.Find(reference) ?? throw new CommandRefusedException(
            $"There is no story {Printable.Text(reference)}: mistyped, or older than the {Duration.Text(settings.StoryRetention)} that stories are kept. The newest: koauth diagnose");
        if (json)
        {
            print.Json(story, book.Events(reference));
            return;
        }

        print.One(story, book.Events(reference));
    }

    private static async Task<Client> FindAsync(IServiceProvider services, string id, CancellationToken ct)
    {
        var clients = services.GetRequiredService<ClientDirectory>();
        if (await clients.FindAsync(id, ct) is { } client)
        {
            return client;
        }

        var near = await clients.NearestAsync(id, ct);
        throw new CommandRefusedException(
            $"There is no client '{Printable.Text(id)}'{(near is null ? "" : $"; did you mean '{near}'?")} See them: koauth client list");
    }

    private static async Task FollowAsync(StoryBook book, StoryPrint print, string? clientId, long position, CancellationToken ct)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await ticks.WaitForNextTickAsync(ct))
        {
            foreach (var (id, happened) in book.After(position))
            {
                position = id;
                if (clientId is null || happened.ClientId == clientId)
                {
                    print.Line(happened);
                }
            }
        }
    }
}
