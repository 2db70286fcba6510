using KOauth.AspNetCore;

namespace Notes;

/// <summary>The whole server, in a method of its own so that other programs can host it, too.</summary>
public static class NotesServer
{
    /// <param name="args">Settings, such as <c>--urls=http://localhost:5000 --KOAUTH_URL=… --BASE_URL=…</c>.</param>
    /// <param name="customize">What a program that hosts the sample wants different.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? customize = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddKOauth();
        builder.Services.AddSingleton<Notebook>();
        builder.Services.AddMcpServer().WithHttpTransport().WithTools<NoteTools>();
        customize?.Invoke(builder);

        var app = builder.Build();
        app.MapMcp("/mcp").RequireScope("notes:read");
        return app;
    }
}
