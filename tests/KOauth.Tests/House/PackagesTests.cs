using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KOauth.Tests.House;

public sealed partial class PackagesTests
{
    [Fact]
    public void Every_package_has_a_line_that_says_why()
    {
        var used = XDocument.Load(Path.Combine(Document.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(p => $"{p.Attribute("Include")!.Value} {p.Attribute("Version")!.Value}");
        var told = Row().Matches(File.ReadAllText(Path.Combine(Document.Root, "docs/decisions/0005-packages.md")))
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");

        Assert.Equal(used.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    // name, version, licence and a reason
    [GeneratedRegex(@"^\| ([\w.]+) \| (\d[\w.-]*) \| [^|]{3,} \| [^|]{10,} \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
