using KOauth.Hosting;
using KOauth.Protocol;
using KOauth.Stories;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KOauth.Tests.Stories;

/// <summary>A journal, its writer and a book on a file of their own.</summary>
internal sealed class StoryShelf : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("koauth-test-").FullName;
    private readonly StoryLimits _limits;
    private StoryWriter _writer;

    public StoryShelf(StoryLimits? limits = null)
    {
        _limits = limits ?? new StoryLimits(TimeSpan.FromDays(90), TimeSpan.FromDays(30));
        Assert.True(IssuerUri.TryParse("http://localhost:3000", out var issuer, out _));
        Settings = new KOauthSettings { Issuer = issuer!, DataDirectory = _directory, Urls = [], MasterKeyFile = "" };
        Book = new StoryBook(Settings);
        _writer = NewWriter();
    }

    public KOauthSettings Settings { get; }

    public Journal Journal { get; } = new(NullLogger<Journal>.Instance);

    public StoryBook Book { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    public Story NewStory(string? clientId = null) => new(Journal, new Randomness(), Clock) { ClientId = clientId };

    public async Task WriteAsync()
    {
        if (_writer.ExecuteTask is null)
        {
            await _writer.StartAsync(TestContext.Current.CancellationToken);
        }

        await Journal.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the writer, as a server does, and begins with a new one, which cleans up first.</summary>
    public async Task RestartAsync()
    {
        await _writer.StopAsync(TestContext.Current.CancellationToken);
        _writer.Dispose();
        _writer = NewWriter();
        NewStory().Tell("test.restarted", "The clean-up that comes before this event is done when it is written");
        await WriteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync(CancellationToken.None);
        _writer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private StoryWriter NewWriter() => new(Journal, Settings, _limits, Clock, NullLogger<StoryWriter>.Instance);
}
