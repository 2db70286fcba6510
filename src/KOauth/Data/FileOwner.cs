using System.Globalization;
using System.Runtime.InteropServices;

namespace KOauth.Data;

/// <summary>
/// Who owns a file. A command run as root would leave <c>-wal</c> and key files that the server, running as somebody else, cannot
/// open, and stop the service; so a command works only as the user the database belongs to.
/// </summary>
internal static class FileOwner
{
    private const int CurrentDirectory = -100;
    private const uint UserIdWanted = 0x8;
    private const int UserIdOffset = 20;

    public static void RefuseStranger(string file)
    {
        if (!OperatingSystem.IsLinux() || OwnerOf(file) is not { } owner || owner == EffectiveUserId())
        {
            return;
        }

        var name = NameOf(owner, "/etc/passwd");
        throw new StoreRefusedException(
            $"The database {file} belongs to user {name ?? owner.ToString(CultureInfo.InvariantCulture)}, and files made by another would stop the server; run the command as: sudo -u {name ?? $"'#{owner}'"} koauth …");
    }

    public static string? NameOf(uint user, string passwords)
    {
        if (!File.Exists(passwords))
        {
            return null;
        }

        var id = user.ToString(CultureInfo.InvariantCulture);
        return File.ReadLines(passwords).Select(line => line.Split(':')).FirstOrDefault(f => f.Length > 2 && f[2] == id)?[0];
    }

    /// <summary>Null when the system does not tell.</summary>
    private static uint? OwnerOf(string file)
    {
        // struct statx has the same layout on every Linux; struct stat has not.
        var answer = new byte[256];
        return Statx(CurrentDirectory, file, 0, UserIdWanted, answer) == 0
            ? BitConverter.ToUInt32(answer, UserIdOffset)
            : null;
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUserId();

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
