namespace KOauth.Data;

/// <summary>One server on a data directory: it holds <c>koauth.lock</c> as long as it lives. The file stays, the lock goes with the process.</summary>
internal sealed class DataDirectoryLock(StoreSettings settings) : IDisposable
{
    private FileStream? _held;

    private string File => Path.Combine(settings.DataDirectory, "koauth.lock");

    public void Take()
    {
        try
        {
            _held ??= new FileStream(File, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw DataDirectory.NotWritable(settings.DataDirectory);
        }
        catch (IOException) when (IsHeld())
        {
            throw new StoreRefusedException(
                $"Another koauth serves {settings.DataDirectory} already; stop it, or give this one a directory of its own with --data.");
        }
        catch (IOException) // a read-only file system
        {
            throw DataDirectory.NotWritable(settings.DataDirectory);
        }
    }

    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
    }

    /// <summary>Whether a server runs on this directory now.</summary>
    public bool IsHeld()
    {
        if (_held is not null)
        {
            return true;
        }

        if (!System.IO.File.Exists(File))
        {
            return false;
        }

        try
        {
            using var probe = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
