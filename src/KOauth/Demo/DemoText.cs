namespace KOauth.Demo;

/// <summary>What the person at the keyboard reads.</summary>
internal sealed class DemoText(TextWriter output)
{
    public void World(DemoWorld world)
    {
        output.WriteLine();
        output.WriteLine($"  KOauth      {world.Issuer}");
        output.WriteLine($"  MCP server  {world.McpUrl}  (keeps notes; protected with KOauth.AspNetCore)");
    }

    public void Heading(string text)
    {
        output.WriteLine();
        output.WriteLine($"  {text}");
        output.WriteLine();
    }

    public void Step(string what, string detail) => output.WriteLine($"  ✓ {what,-24}{detail}");

    public void TryYourself(DemoWorld world)
    {
        Heading("Try it yourself");
        output.WriteLine($"  Open      {world.TryUrl}");
        output.WriteLine($"  Sign in   {DemoWorld.Email}  /  {world.Password}");
        output.WriteLine();
        output.WriteLine("  Or connect Claude Code, which runs on this machine:");
        output.WriteLine();
        output.WriteLine($"  claude mcp add --transport http --client-id {DemoWorld.CodeClientId} --callback-port {DemoWorld.CodeCallbackPort} notes {world.McpUrl}");
        Heading("For a real server");
        output.WriteLine("  koauth serve                                        behind https, with KOAUTH_ISSUER=https://auth.example.com");
        output.WriteLine("  koauth resource register https://mcp.example.com/mcp");
        output.WriteLine("  koauth client register claude-mcp --preset claude   prints the id and the secret");
        output.WriteLine();
        output.WriteLine("  Then paste into Claude, Settings > Connectors > Add custom connector:");
        output.WriteLine();
        output.WriteLine("  URL                  https://mcp.example.com/mcp");
        output.WriteLine("  OAuth Client ID      claude-mcp");
        output.WriteLine("  OAuth Client Secret  kos_…");
        output.WriteLine();
        output.WriteLine("  This demo leaves nothing behind. Ctrl+C ends it.");
    }
}
