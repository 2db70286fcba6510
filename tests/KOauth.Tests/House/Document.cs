namespace KOauth.Tests.House;

/// <summary>Documents that are written from the code. <c>UPDATE_DOCS=1</c> rewrites them, otherwise a difference fails the test.</summary>
internal static class Document
{
    /// <summary>The root of the repository: where the solution lies.</summary>
    public static string Root { get; } = FindRoot();

    public static void MustRead(string path, string text)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text,
            $"{path} does not say what the code does. Rewrite it: UPDATE_DOCS=1 dotnet test --project tests/KOauth.Tests");
    }

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "KOauth.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
