using System.CommandLine;
using KOauth.Hosting;

namespace KOauth.Admin.Logs;

internal sealed class LogsCommand : Command
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on printing what comes, until Ctrl+C" };
    private readonly Option<bool> _oauth = new("--oauth") { Description = "Only the events of connections: requests, approvals, tokens, refusals" };
    private readonly Option<int> _lines = new("--lines")
    {
        Description = "How many of the last lines",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    private readonly Option<bool> _json = GlobalOptions.Json();
    private readonly CommandServices _services;

    public LogsCommand(CommandServices services)
        : base("logs", "Print what the server said")
    {
        _services = services;
        Add(_follow);
        Add(_oauth);
        Add(_lines);
        Add(_json);
        _lines.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] }])
            {
                result.AddError("--lines cannot be negative.");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult command, CancellationToken ct)
    {
        var settings = _services.Settings(command).Checked();
        var path = LogFile.PathIn(settings.DataDirectory);
        var isFollowed = command.GetValue(_follow);
        if (!settings.KeepsLogFile)
        {
            throw new CommandRefusedException("The server keeps no log file: KOAUTH_LOG_FILE is off, or KOAUTH_ADDRESS_RETENTION is 0. Its output is where whatever runs it puts it.");
        }

        if (!File.Exists(path) && !isFollowed)
        {
            throw new CommandRefusedException(
                $"There is no log in {settings.DataDirectory}: no server has run there. Name its directory with --data, or wait for it with --follow.");
        }

        using var tail = new LogTail(path);
        var wanted = new Queue<LogLine>();
        foreach (var line in tail.ReadPrevious().Concat(tail.Read()).Select(LogLine.Parse).Where(l => IsWanted(command, l)))
        {
            wanted.Enqueue(line);
            if (wanted.Count > command.GetValue(_lines))
            {
                wanted.Dequeue();
            }
        }

        Print(command, wanted);
        if (isFollowed)
        {
            await FollowAsync(command, tail, ct);
        }

        return 0;
    }

    // The machine's time: a line is to be seen when it is said.
    private async Task FollowAsync(ParseResult command, LogTail tail, CancellationToken ct)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await ticks.WaitForNextTickAsync(ct))
            {
                Print(command, tail.Read().Select(LogLine.Parse).Where(l => IsWanted(command, l)));
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is how following ends.
        }
    }

    private bool IsWanted(ParseResult command, LogLine line) => !command.GetValue(_oauth) || line.Event is not null;

    private void Print(ParseResult command, IEnumerable<LogLine> lines)
    {
        foreach (var line in lines)
        {
            command.Output().WriteLine(command.GetValue(_json) ? line.Json : line.Text);
        }
    }
}
