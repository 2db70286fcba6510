using System.Globalization;

namespace KOauth.Hosting;

/// <summary>Where the stack of a command's unexpected exception goes: the person at the terminal gets one line.</summary>
internal static class ErrorLog
{
    /// <summary>Appends the exception and returns the path, or a sentence's end when nothing can be written.</summary>
    public static string Write(Exception bug, string? dataDirectory)
    {
        var directory = dataDirectory ?? Environment.GetEnvironmentVariable("KOAUTH_DATA") ?? "data";
        foreach (var file in new[] { Path.Combine(directory, "koauth-error.log"), Path.Combine(Path.GetTempPath(), $"koauth-error-{Environment.ProcessId}.log") })
        {
            try
            {
                if (!Directory.Exists(Path.GetDirectoryName(file)))
                {
                    continue;
                }

                var onlyForTheOwner = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    onlyForTheOwner.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using var log = new StreamWriter(file, onlyForTheOwner);
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():O} {bug}"));
                return Path.GetFullPath(file);
            }
            catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
            {
                // The next place may be writable.
            }
        }

        return $"no file, because none can be written: {bug.Message}";
    }
}
