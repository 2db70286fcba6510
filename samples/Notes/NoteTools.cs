using System.ComponentModel;
using System.Security.Claims;
using KOauth.AspNetCore;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Notes;

/// <summary>The tools. Reading needs what the endpoint needs, <c>notes:read</c>; the other two need <c>notes:write</c> as well.</summary>
[McpServerToolType]
internal sealed class NoteTools(Notebook notebook)
{
    [McpServerTool(Name = "list_notes", Title = "List notes", ReadOnly = true, OpenWorld = false)]
    [Description("Lists your notes, oldest first.")]
    public IReadOnlyList<Note> List(ClaimsPrincipal user) => notebook.Of(Owner(user));

    [McpServerTool(Name = "add_note", Title = "Add a note", Destructive = false, OpenWorld = false)]
    [Description("Keeps a note and returns it with its number.")]
    [RequireScope("notes:write")]
    public Note Add(ClaimsPrincipal user, [Description("What to keep, at most 4000 characters.")] string text) =>
        text.Length is > 0 and <= Notebook.LongestNote
            ? notebook.Add(Owner(user), text) ?? throw new McpException($"There are {Notebook.MostNotes} notes already. Delete one first.")
            : throw new McpException($"A note has 1 to {Notebook.LongestNote} characters.");

    [McpServerTool(Name = "delete_note", Title = "Delete a note", Idempotent = true, OpenWorld = false)]
    [Description("Deletes one of your notes by its number.")]
    [RequireScope("notes:write")]
    public string Delete(ClaimsPrincipal user, [Description("The number of the note.")] int number) =>
        notebook.Delete(Owner(user), number) ? $"Note {number} is deleted." : $"There is no note {number}.";

    private static string Owner(ClaimsPrincipal user) => user.FindFirstValue("sub")!;
}
