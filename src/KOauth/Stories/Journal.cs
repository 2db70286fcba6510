using System.Threading.Channels;

namespace KOauth.Stories;

/// <summary>
/// Takes events from requests and never delays or fails one: a bounded queue that a background writer empties, and a log line each.
/// </summary>
internal sealed partial class Journal(ILogger<Journal> logger)
{
    private const int Capacity = 16_384;

    private readonly Channel<StoryEvent> _queue = Channel.CreateBounded<StoryEvent>(new BoundedChannelOptions(Capacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.DropWrite,
    });

    public ChannelReader<StoryEvent> Queue => _queue.Reader;

    public void Write(StoryEvent happened)
    {
        LogEvent(happened.Reason is null ? LogLevel.Information : LogLevel.Warning,
            happened.Name, happened.Message, happened.Story, happened.ClientId, happened.Reason);
        _queue.Writer.TryWrite(happened);
    }

    [LoggerMessage("{Event}: {Message} story={Story} client={Client} reason={Reason}")]
    private partial void LogEvent(LogLevel level, string @event, string message, string story, string? client, string? reason);
}
