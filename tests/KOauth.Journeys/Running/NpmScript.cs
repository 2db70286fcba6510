namespace KOauth.Journeys.Running;

/// <summary>A script of the folder Npm, whose libraries <c>npm ci</c> puts next to it.</summary>
internal static class NpmScript
{
    private static readonly string _folder = Path.Combine(Repository.Root, "tests", "KOauth.Journeys", "Npm");

    public static void Need()
    {
        Tool.Node.Need();
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(_folder, "node_modules", "openid-client")), $"needs the libraries of {_folder}: npm ci --prefix {_folder}");
    }

    public static RunningProgram Start(params string[] arguments) =>
        RunningProgram.Start(Tool.Node.File, ["run.mjs", .. arguments], KOauthCommand.WithoutForeignSettings(), _folder);
}
