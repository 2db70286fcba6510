using System.Text;

namespace KOauth.Bench;

/// <summary>Rows of text under a head, printed for a terminal or for a page. The first column is words, the others are numbers.</summary>
internal sealed class Table(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(params string[] cells) => _rows.Add(cells);

    public string Aligned()
    {
        var widths = head.Select((title, i) => _rows.Select(r => r[i].Length).Append(title.Length).Max()).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows.Prepend(head))
        {
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }

        return text.ToString();
    }

    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append("| ").AppendJoin(" | ", head).AppendLine(" |");
        text.Append("|---|").AppendJoin('|', head.Skip(1).Select(_ => "---:")).AppendLine("|");
        foreach (var row in _rows)
        {
            text.Append("| ").AppendJoin(" | ", row).AppendLine(" |");
        }

        return text.ToString();
    }
}
