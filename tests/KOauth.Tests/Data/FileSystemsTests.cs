using KOauth.Data;

namespace KOauth.Tests.Data;

public sealed class FileSystemsTests
{
    private static readonly string[] _mounts =
    [
        "26 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
        "40 26 0:40 / /srv rw - nfs4 nas:/export rw",
        "41 40 0:41 / /srv/fast rw master:1 - xfs /dev/nvme0n1 rw",
        @"42 26 0:42 / /mnt/my\040disk rw - cifs //nas/share rw",
        "43 26 0:43 / /twice rw - ext4 /dev/vdb rw",
        "44 26 0:44 / /twice rw - fuse.sshfs host:/ rw",
        "garbage",
    ];

    [Theory]
    [InlineData("/var/lib/koauth", "ext4")]
    [InlineData("/srv/koauth", "nfs4")]
    [InlineData("/srv", "nfs4")]
    [InlineData("/srvother", "ext4")]
    [InlineData("/srv/fast/koauth", "xfs")]
    [InlineData("/mnt/my disk/koauth", "cifs")]
    [InlineData("/twice/koauth", "fuse.sshfs")]
    public void The_longest_and_latest_mount_above_a_path_holds_it(string path, string type) =>
        Assert.Equal(type, FileSystems.TypeOf(path, _mounts));

    [Theory]
    [InlineData("nfs", true)]
    [InlineData("nfs4", true)]
    [InlineData("cifs", true)]
    [InlineData("fuse", true)]
    [InlineData("fuse.grpcfuse", true)]
    [InlineData("9p", true)]
    [InlineData("virtiofs", true)]
    [InlineData("ext4", false)]
    [InlineData("xfs", false)]
    [InlineData("btrfs", false)]
    [InlineData("overlay", false)]
    [InlineData("tmpfs", false)]
    public void Network_and_pass_through_file_systems_are_unsafe(string type, bool unsafeForSqlite) =>
        Assert.Equal(unsafeForSqlite, FileSystems.IsUnsafe(type));
}
