namespace KOauth.Data;

/// <summary>
/// SQLite's write-ahead log needs shared memory and honest locks. Network and pass-through file systems have one or neither, and
/// the database is damaged silently; so the server does not start on them.
/// </summary>
internal static class FileSystems
{
    public static void RefuseUnsafe(string directory)
    {
        const string Mounts = "/proc/self/mountinfo";
        if (!File.Exists(Mounts))
        {
            return; // not Linux
        }

        if (TypeOf(RealPath(directory), File.ReadLines(Mounts)) is { } type && IsUnsafe(type))
        {
            throw new StoreRefusedException(
                $"The data directory {directory} lies on a {type} file system, where SQLite cannot keep data safe; use a local disk or a container volume, or several nodes on PostgreSQL.");
        }
    }

    public static bool IsUnsafe(string type) =>
        type is "9p" or "virtiofs" or "cifs" or "smb3" or "smbfs"
        || type.StartsWith("nfs", StringComparison.Ordinal)
        || type.StartsWith("fuse", StringComparison.Ordinal);

    /// <summary>The type of the file system that holds a path: that of the longest mount point above it, and of two mounts at one point the later.</summary>
    public static string? TypeOf(string path, IEnumerable<string> mountInfo)
    {
        string? type = null;
        var longest = -1;
        foreach (var line in mountInfo)
        {
            // 36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/root rw
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 6 || separator + 1 >= fields.Length)
            {
                continue;
            }

            var point = Unescape(fields[4]);
            if (Holds(point, path) && point.Length >= longest)
            {
                longest = point.Length;
                type = fields[separator + 1];
            }
        }

        return type;
    }

    private static bool Holds(string point, string path) =>
        point == "/" || path == point || (path.StartsWith(point, StringComparison.Ordinal) && path[point.Length] == '/');

    private static string Unescape(string field) => field
        .Replace(@"\040", " ", StringComparison.Ordinal)
        .Replace(@"\011", "\t", StringComparison.Ordinal)
        .Replace(@"\012", "\n", StringComparison.Ordinal)
        .Replace(@"\134", @"\", StringComparison.Ordinal);

    /// <summary>The path with every symbolic link on the way followed.</summary>
    private static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(real, returnFinalTarget: true)?.FullName ?? real;
        }

        return real;
    }
}
