using System.Text;
using KOauth.Hosting;

namespace KOauth.Admin.Logs;

/// <summary>Reads the log file on from where it stopped, also when the server has begun a new one meanwhile.</summary>
internal sealed class LogTail(string path) : IDisposable
{
    private FileStream? _open;
    private byte[] _rest = [];

    public void Dispose() => _open?.Dispose();

    /// <summary>All lines of the file before the present one.</summary>
    public IEnumerable<string> ReadPrevious() => File.Exists(LogFile.Previous(path)) ? File.ReadLines(LogFile.Previous(path)) : [];

    /// <summary>The lines that were completed since the last time.</summary>
    public List<string> Read()
    {
        var lines = new List<string>();
        _open ??= Open();
        ReadOn(lines);
        if (_open is not null && WasReplaced())
        {
            ReadOn(lines); // the end of the old one, written before it was replaced
            _open.Dispose();
            _rest = [];
            _open = Open();
            ReadOn(lines);
        }

        return lines;
    }

    private FileStream? Open() => File.Exists(path)
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : null;

    private void ReadOn(List<string> lines)
    {
        if (_open is null)
        {
            return;
        }

        var buffer = new byte[64 * 1024];
        for (int count; (count = _open.Read(buffer)) > 0;)
        {
            byte[] text = [.. _rest, .. buffer.AsSpan(0, count)];
            var from = 0;
            for (int end; (end = text.AsSpan(from).IndexOf((byte)'\n')) >= 0; from += end + 1)
            {
                lines.Add(Encoding.UTF8.GetString(text, from, end));
            }

            _rest = text[from..];
        }
    }

    /// <summary>The open one goes on under its new name; the name is another file's if that begins otherwise or is shorter.</summary>
    private bool WasReplaced()
    {
        using var named = Open();
        if (named is null)
        {
            return false; // between the two
        }

        if (named.Length < _open!.Position)
        {
            return true;
        }

        var length = (int)Math.Min(256, _open.Position);

        // A line begins with its time, in milliseconds.
        return !Beginning(named, length).AsSpan().SequenceEqual(Beginning(_open, length));
    }

    private static byte[] Beginning(FileStream file, int length)
    {
        var beginning = new byte[length];
        var at = file.Position;
        file.Position = 0;
        file.ReadExactly(beginning);
        file.Position = at;
        return beginning;
    }
}
