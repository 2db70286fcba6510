using System.Text;
using KOauth.Hosting;
using KOauth.Protocol;

namespace KOauth.Keys;

/// <summary>
/// The file that holds the master key: 32 bytes as one line of base64, readable by its owner alone. It is made once and never
/// overwritten; whatever is wrong with it is said, with the remedy, and left as it is.
/// </summary>
internal static class MasterKeyFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The key in the file, or null if there is no file.</summary>
    public static MasterKey? Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw BrokenKeyStore.FileUnreadable(path, unreadable.Message);
        }

        return MasterKeyText.TryParse(text, out var bytes, out _)
            ? new MasterKey(bytes, $"in {path}")
            : throw BrokenKeyStore.FileMalformed(path);
    }

    /// <summary>Makes a key and the file. If another process made the file meanwhile, that key is the one.</summary>
    public static MasterKey Create(string path, Randomness randomness)
    {
        var text = Convert.ToBase64String(randomness.Bytes(MasterKeyText.Length));
        var draft = $"{path}.{randomness.Text(6)}.new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            try
            {
                WriteDraft(draft, text);
                File.Move(draft, path, overwrite: false);
                PersistName(path);
            }
            finally
            {
                File.Delete(draft);
            }
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            if (!File.Exists(path))
            {
                throw BrokenKeyStore.FileUnwritable(path, unwritable.Message);
            }
        }

        return Read(path) ?? throw BrokenKeyStore.FileUnwritable(path, "it vanished again");
    }

    /// <summary>Where the key lies that is about to take the place of the one in <paramref name="path"/>.</summary>
    public static string Next(string path) => $"{path}.next";

    /// <summary>Where a key that was replaced is kept.</summary>
    public static string Old(string path, MasterKey replaced) => $"{path}.old-{Convert.ToHexStringLower(replaced.Fingerprint.AsSpan(0, 4))}";

    /// <summary>
    /// Puts the next key, which is <paramref name="next"/>, in its place; the one before is kept beside it. Another process may do
    /// the same at the same time, and one that was cut off may have done half of it.
    /// </summary>
    public static void Promote(string path, MasterKey next)
    {
        try
        {
            if (Read(path) is { } old && !old.Fingerprint.AsSpan().SequenceEqual(next.Fingerprint))
            {
                var kept = Old(path, old);
                File.Delete($"{kept}.new");
                WriteDraft($"{kept}.new", File.ReadAllText(path).Trim());
                File.Move($"{kept}.new", kept, overwrite: true);
                PersistName(kept);
            }

            File.Move(Next(path), path, overwrite: true);
            PersistName(path);
        }
        catch (FileNotFoundException)
        {
            // The other one was faster, and did the same.
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw BrokenKeyStore.FileUnwritable(path, unwritable.Message);
        }
    }

    /// <summary>Whether people other than its owner may read or replace the key. Mounted secrets often are so; it is a warning.</summary>
    public static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0;

    private static void WriteDraft(string draft, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(draft, options);
        file.Write(Encoding.ASCII.GetBytes(text + "\n"));
        file.Flush(flushToDisk: true);
    }

    // A power cut must not lose the name after the database has durably kept keys wrapped with this one: journalling file
    // systems persist a file's new name when the file is synchronised under it.
    private static void PersistName(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
