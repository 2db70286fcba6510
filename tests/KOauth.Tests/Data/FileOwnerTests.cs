using System.Diagnostics;
using KOauth.Data;

namespace KOauth.Tests.Data;

public sealed class FileOwnerTests : IDisposable
{
    private readonly string _directory = TestDatabase.NewDirectory();

    public void Dispose() => TestDatabase.Remove(_directory);

    [Fact]
    public void A_command_works_for_the_owner_of_the_database()
    {
        TestDatabase.CopyTo(_directory);

        DataDirectory.RequireExisting(new StoreSettings { DataDirectory = _directory });
    }

    [Fact]
    public void A_command_of_another_user_is_refused_with_the_right_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Only root gives files away.");
        TestDatabase.CopyTo(_directory);
        using var chown = Process.Start("chown", ["65534", Path.Combine(_directory, "koauth.db")]);
        chown.WaitForExit();

        var refused = Assert.Throws<StoreRefusedException>(
            () => DataDirectory.RequireExisting(new StoreSettings { DataDirectory = _directory }));

        var name = FileOwner.NameOf(65534, "/etc/passwd");
        Assert.EndsWith($"sudo -u {name ?? "'#65534'"} koauth …", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(999, "koauth")]
    [InlineData(0, "root")]
    [InlineData(99, null)]
    public void The_name_of_a_user_is_looked_up(uint id, string? name)
    {
        var passwords = Path.Combine(_directory, "passwd");
        File.WriteAllText(passwords, "root:x:0:0:root:/root:/bin/sh\n# comment\nkoauth:x:999:99:KOauth:/var/lib/koauth:/bin/false\n");

        Assert.Equal(name, FileOwner.NameOf(id, passwords));
    }
}
