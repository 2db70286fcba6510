namespace KOauth.Journeys.Running;

internal static class Repository
{
    public static readonly string Root = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "KOauth.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run in the repository.");
        }

        return directory.FullName;
    }
}
