using KOauth.Bench.Processes;

namespace KOauth.Bench;

/// <summary>Where things lie in the source tree this was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PerformancePage => Path.Combine(Root, "docs", "performance.md");

    /// <summary>The program that was built together with this one.</summary>
    public static string Built()
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return configuration == "release"
            ? Path.Combine(Root, "artifacts", "bin", "KOauth", configuration, "koauth")
            : throw new BenchFailedException($"This is a {configuration} build. {BenchOptions.Usage}");
    }

    /// <summary>Publishes the server as an operator gets it: compiled ahead of time for the start (ReadyToRun).</summary>
    public static async Task<string> PublishAsync()
    {
        var target = Path.Combine(Root, "artifacts", "bench", "published");
        string[] arguments =
        [
            "publish", Path.Combine(Root, "src", "KOauth"), "-c", "Release", "--use-current-runtime", "--self-contained", "false",
            "-p:PublishReadyToRun=true", "-p:NuGetLockFilePath=obj/published.lock.json", "-o", target, "-v", "quiet", "--nologo",

            // Not the obj folder of the build: a restore for one runtime would leave its marks there.
            $"-p:ArtifactsPath={Path.Combine(Root, "artifacts", "bench", "build")}",
        ];
        await Child.RunAsync(Child.Start("dotnet", arguments));
        return Path.Combine(target, "koauth");
    }

    /// <summary>A new directory on the disk of the source tree; temporary directories are often in memory, where nothing is durable.</summary>
    public static string NewDirectory() =>
        Directory.CreateDirectory(Path.Combine(Root, "artifacts", "bench", Guid.NewGuid().ToString("N"))).FullName;

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "KOauth.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new BenchFailedException("This program lies outside of the source tree.");
    }
}
