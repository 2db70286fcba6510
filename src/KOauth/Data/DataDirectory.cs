namespace KOauth.Data;

/// <summary>Looks at the data directory before anything is opened in it, and refuses in one sentence with the remedy.</summary>
internal static class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>For the server, which may create it.</summary>
    public static void Prepare(string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            }
        }
        catch (Exception broken) when (broken is UnauthorizedAccessException or IOException)
        {
            throw NotWritable(directory);
        }

        FileSystems.RefuseUnsafe(directory);
    }

    /// <summary>For a command, which never creates one: in a wrong directory it must not answer "no such client".</summary>
    public static void RequireExisting(StoreSettings settings)
    {
        if (!File.Exists(settings.DatabaseFile))
        {
            throw new StoreRefusedException(
                $"There is no KOauth database in {settings.DataDirectory}; name its directory with --data, or start the server once with: koauth serve --data {settings.DataDirectory}");
        }

        FileOwner.RefuseStranger(settings.DatabaseFile);
    }

    /// <summary>An empty file that only its owner reads; SQLite's companions take over its mode.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="isNew">It must not exist, not even as a link that somebody laid there.</param>
    public static void CreateDatabaseFile(string file, bool isNew = false)
    {
        var options = new FileStreamOptions { Mode = isNew ? FileMode.CreateNew : FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        new FileStream(file, options).Dispose();
    }

    public static StoreRefusedException NotWritable(string directory) => new(
        $"The data directory {directory} cannot be written by user {Environment.UserName}; give it to that user with: chown -R {Environment.UserName} {directory}");
}
