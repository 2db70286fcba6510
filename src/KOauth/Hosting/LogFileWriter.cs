using System.Text;

namespace KOauth.Hosting;

/// <summary>
/// Writes the queue of <see cref="LogFile"/>. It starts when the server holds its directory, so a second server that is refused
/// writes nothing. Two files of limited size are kept, and none for longer than addresses may be kept: lines name them.
/// </summary>
internal sealed partial class LogFileWriter(LogFile file, KOauthSettings settings, TimeProvider clock, ILogger<LogFileWriter> logger) : BackgroundService
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(50);

    private readonly string _path = LogFile.PathIn(settings.DataDirectory);
    private FileStream? _open;
    private DateTimeOffset _began;
    private bool _failed;

    /// <summary>Of each of the two files.</summary>
    public long MaxBytes { get; init; } = 8 * 1024 * 1024;

    public override void Dispose()
    {
        _open?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // opening the file must not delay the start
        try
        {
            while (settings.KeepsLogFile)
            {
                await WaitAsync(stoppingToken);
                WriteAll();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            WriteAll(); // what was said before the stop
        }
    }

    /// <summary>For lines, and now and then for none: old ones go, too, when nothing is said.</summary>
    private async Task WaitAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromHours(1));
        try
        {
            await file.Lines.WaitToReadAsync(patience.Token);
            await Task.Delay(_gathering, TimeProvider.System, ct); // a busy server fills a batch
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // An hour of silence.
        }
    }

    private void WriteAll()
    {
        try
        {
            Turn();
            while (file.Lines.TryRead(out var line))
            {
                _open!.Write(Encoding.UTF8.GetBytes(line));
                _open.WriteByte((byte)'\n');
                if (_open.Length >= MaxBytes)
                {
                    Turn();
                }
            }

            _open!.Flush();
            _failed = false;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            _open?.Dispose();
            _open = null;
            while (file.Lines.TryRead(out _))
            {
                // Standard output has them.
            }

            if (!_failed)
            {
                _failed = true;
                LogFailed(_path, broken.Message);
            }
        }
    }

    /// <summary>Opens the file, or begins a new one when it is full or old.</summary>
    private void Turn()
    {
        var (now, halfLife) = (clock.GetUtcNow(), settings.AddressRetention / 2);
        if (_open is null)
        {
            Open();
        }

        if (_open!.Length >= MaxBytes || (_open.Length > 0 && now - _began > halfLife))
        {
            _open.Dispose();
            _open = null;
            File.Move(_path, LogFile.Previous(_path), overwrite: true);
            Open();
        }

        var previous = LogFile.Previous(_path);
        if (File.Exists(previous) && now - File.GetLastWriteTimeUtc(previous) > halfLife)
        {
            File.Delete(previous);
        }
    }

    private void Open()
    {
        var directory = Path.GetDirectoryName(_path)!;
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnerOnly;
        }

        _open = new FileStream(_path, options);
        _began = _open.Length > 0 ? File.GetCreationTimeUtc(_path) : clock.GetUtcNow();
    }

    [LoggerMessage(LogLevel.Error, "The log file {Path} cannot be written, so koauth logs misses lines; standard output is complete: {Why}")]
    private partial void LogFailed(string path, string why);
}
